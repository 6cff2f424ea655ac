"""Stages 4 to 7: pick, pack, ship, deliver."""
