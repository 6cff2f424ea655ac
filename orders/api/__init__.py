"""The REST API of the order desk: what storefronts, marketplaces and scripts talk to."""
