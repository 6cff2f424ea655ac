"""What the pages of the figures show, section by section: a chart, its table, and where the orders are."""
