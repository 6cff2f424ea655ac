"""The ship desk: what is packed and waits for its carrier, labels in bulk, hand-over, manifests, invoices."""
