"""The pages of the stock room: products, deliveries, counts."""
