"""One's own account: signing in, a password of one's own, and the way back in for who has forgotten it."""
