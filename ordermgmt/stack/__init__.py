"""The development stack: embedded servers and the programs around them, started and stopped as one.

Nothing in here runs in production, where `DATABASE_URL` and `REDIS_URL` name real servers.
"""
