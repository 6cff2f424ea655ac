"""The figures that tell a shop where to improve, read from the order history."""
