"""Outgoing webhooks: who is told, what of, and how it is sent (Standard Webhooks, signed).

`fanning` turns the history into deliveries, exactly one per endpoint and event; `sending` sends those that are due, one
by one and outside any transaction; `doors` knows which addresses may be called.
"""
