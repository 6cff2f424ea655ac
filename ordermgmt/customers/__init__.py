"""Customers on the shop's own pages and over the API, where all apps know something of them."""
