"""Application registry entry."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Surveys and reviews: stages 8 and 9."""

    name = "feedback"
