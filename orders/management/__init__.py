"""Commands of the order desk."""
