"""The WSGI entry point that the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from ordermgmt.loading import load_pages, remember_words

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordermgmt.settings")

application = get_wsgi_application()
# Before the web server forks: its processes share the memory.
load_pages()
remember_words()
