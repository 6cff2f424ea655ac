"""The reference storefront `/shop/`: a small shop on the public API, for newcomers to buy in and developers to read."""
