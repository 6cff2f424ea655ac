"""What third parties were handed: the page of what waits at which one, files, and the part of the order's page."""
