"""The pages of the figures: overview, one page per figure, the orders behind a mark, calendar, imports."""
