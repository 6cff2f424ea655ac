"""What the pages of the stock room show, and what people type on them."""
