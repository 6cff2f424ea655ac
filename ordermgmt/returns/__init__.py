"""The way back for people of the shop: claims and returns."""
