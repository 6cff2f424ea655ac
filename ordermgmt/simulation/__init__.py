"""Two weeks of a real shop, played against a running system by shoppers, staff and customers, with faults on demand."""
