"""Surveys and reviews: stages 8 and 9."""
