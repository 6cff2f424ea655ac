"""Application registry entry."""

from django.apps import AppConfig


class KpisConfig(AppConfig):
    """The figures that tell a shop where to improve, read from the order history."""

    name = "kpis"
