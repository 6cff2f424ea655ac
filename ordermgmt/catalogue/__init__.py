"""Products from a file: read by its header, shown before anything is changed, written by a worker."""
