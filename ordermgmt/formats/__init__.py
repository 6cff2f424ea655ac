"""How dates and times are written, by locale, where Django knows another way."""
