"""The shop's own pages: parse, call one selector, service or stage, render."""
