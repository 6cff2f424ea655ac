"""What happens to payments beside the order's stages: standing, settling, reminding, and what gateways tell."""
