"""How gunicorn serves the web, here and in production: `gunicorn -c python:ordermgmt.webserver ordermgmt.wsgi`."""

import os

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Settings that refuse to start then say so once, in the main process, instead of in every worker again and again.
preload_app = True
timeout = 30
graceful_timeout = 4
keepalive = 5
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
control_socket_disable = True
