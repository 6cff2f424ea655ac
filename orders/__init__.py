"""Customers, orders, payments, holds and the history: stages 1 to 3."""
