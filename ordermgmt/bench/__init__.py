"""How many orders a second: the shop measured beside what its own PostgreSQL could do at best, on the same machine."""
