"""The customer's pages of the warehouse: following an order, and sending something back. No sign-in, no script."""
