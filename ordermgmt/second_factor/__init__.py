"""The second factor of those who approve or give money back: a code from their phone, or a recovery code."""
