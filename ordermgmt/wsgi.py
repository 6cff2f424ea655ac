"""The WSGI entry point that the web server loads."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordermgmt.settings")

application = get_wsgi_application()
# Every view is loaded now, before the web server forks: its processes share the memory, and no first request waits.
get_resolver().url_patterns  # noqa: B018
