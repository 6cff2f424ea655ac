"""The money of orders for people: the card on an order's page, and the list of what is open, failed or overdue."""
