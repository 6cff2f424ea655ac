"""Whom the shop trusts: the orders that wait for a decision, the policy that decides, and how a decision is told."""
