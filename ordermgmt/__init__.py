"""The project on top of the apps: settings, Celery, addresses and the development stack."""

from ordermgmt.celery import app as celery_app

__all__ = ["celery_app"]
