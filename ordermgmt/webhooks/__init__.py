"""The pages of outgoing webhooks: who is told of events, and how each telling went."""
