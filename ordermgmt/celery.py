"""The Celery application: it makes the database queue fast, never correct (see `settings.py`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordermgmt.settings")

app = Celery("ordermgmt")
# "Current" holds for the importing thread only; the web server's and the tests' threads get the default app.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
