"""Mails about orders: what each says, when it is written, and how it is sent."""
