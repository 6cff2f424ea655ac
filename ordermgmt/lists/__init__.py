"""Lists that people filter by typing: the language, and what it can ask of each list."""
