"""The pick lists of the shop's warehouses, for people: what to take from where, and the shortest way round."""
