"""All settings, driven by the environment.

Development (`DEBUG` on, the default) needs none: it finds the embedded servers by the data folder.
Production (`DEBUG=0`) refuses to start until the secrets and servers are named.
"""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from kombu import Queue

from ordermgmt.broker import transport_options
from ordermgmt.chores import CHORES
from ordermgmt.logs import one_line_each
from ordermgmt.openapi import openapi
from ordermgmt.stack.places import PROJECT_DIR as BASE_DIR
from ordermgmt.stack.places import Places

env = environ.Env()

DEBUG = env.bool("DEBUG", default=True)
DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / ".data").expanduser().absolute()
PORT = env.int("PORT", default=8000)
WEAK_SECRET = 50


def refuse_to_start_unsafely() -> None:
    """One line that names everything that is missing; a traceback would bury it."""
    faults = [f"{name} is missing" for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY") if not os.environ.get(name)]
    secret = os.environ.get("SECRET_KEY", "")
    if secret and (len(secret) < WEAK_SECRET or len(set(secret)) < 5 or secret.startswith("django-insecure")):
        faults.append(f"SECRET_KEY is weak ({WEAK_SECRET} random characters or more)")
    if faults:
        sys.exit(f"Refusing to start with DEBUG off: {', '.join(faults)}.")


def development_secret() -> str:
    """Random per checkout, made once, readable by its owner only."""
    path = DATA_DIR / "secret-key"
    try:
        if not path.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"secret-key.{os.getpid()}")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
            with suppress(FileExistsError):  # another program of the same stack was faster
                os.link(draft, path)
            draft.unlink()
        return path.read_text()
    except OSError as error:
        sys.exit(f"Cannot use the data folder {DATA_DIR}: {error.strerror}. Set DATA_DIR to another one.")


if not DEBUG:
    refuse_to_start_unsafely()

places = Places(DATA_DIR)
SECRET_KEY = os.environ.get("SECRET_KEY") or development_secret()
REDIS_URL = env.str("REDIS_URL", default="") or places.redis_url

# The shop
SHOP_NAME = OTP_TOTP_ISSUER = env.str("SHOP_NAME", default="Northwind Gifts")
SHOP_TIME_ZONE = env.str("SHOP_TIME_ZONE", default="Europe/London")
RETURN_WINDOW_DAYS = env.int("RETURN_WINDOW_DAYS", default=30)
BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
# How long a better way to pack one shipment is looked for, in nodes of the search.
PACKING_WORK = env.int("PACKING_WORK", default=500_000)
CARRIER_DAY_SECONDS = env.float("CARRIER_DAY_SECONDS", default=86_400.0)
SURVEY_DELAY_SECONDS = env.float("SURVEY_DELAY_SECONDS", default=3 * 86_400.0)
SURVEY_WINDOW_SECONDS = env.float("SURVEY_WINDOW_SECONDS", default=14 * 86_400.0)
# Findings look back so many days, and say nothing of groups with fewer cases.
FINDINGS_DAYS = env.int("FINDINGS_DAYS", default=90)
FINDINGS_LEAST = env.int("FINDINGS_LEAST", default=20)
# Thresholds of the customers' tiers that differ from those in orders/customers/tiers.py: {"from_a": 80}.
TIER_RULES = env.json("TIER_RULES", default={})
# The channel that the reference storefront sells for; empty: there is no storefront, and every address of it is a 404.
STOREFRONT_CHANNEL = env.str("STOREFRONT_CHANNEL", default="web" if DEBUG else "")
# The pages that play the payment provider, where whoever opens it pays without money, and that show all parts.
DEMO_PAYMENTS = STYLE_GUIDE = DEBUG
# Secrets of the payment gateway Stripe; without them a channel whose gateway it is says which one is missing.
STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
# How the played gateway misbehaves: shares from 0 to 1 of what is asked, by the dice of a seed.
FAKE_GATEWAY: dict[str, float] = {
    "declines": env.float("FAKE_GATEWAY_DECLINES", default=0.0),
    "timeouts": env.float("FAKE_GATEWAY_TIMEOUTS", default=0.0),
    "slow_seconds": env.float("FAKE_GATEWAY_SLOW_SECONDS", default=0.0),
    "seed": env.int("FAKE_GATEWAY_SEED", default=0),
}
# Days after an invoice was due, one for each reminder.
DUNNING_DAYS = sorted(env.list("DUNNING_DAYS", cast=int, default=[3, 14, 28]))
# Webhooks go to public addresses over https only, unless this is allowed; and how long a receiver may take.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=DEBUG)
WEBHOOK_SECONDS = env.float("WEBHOOK_SECONDS", default=10.0)
WEBHOOK_KEPT_DAYS = env.int("WEBHOOK_KEPT_DAYS", default=30)
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=3.0)
# How long the rows of a worker that died in the middle of them rest before another one takes them.
LEASE_SECONDS = env.float("LEASE_SECONDS", default=150.0)

# Health checks ask from the same machine.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname or ""]), "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "ordermgmt.urls"
WSGI_APPLICATION = "ordermgmt.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    *("django_otp", "django_otp.plugins.otp_static", "django_otp.plugins.otp_totp"),
    "corsheaders",
    "csp",
    "inventory",
    "orders",
    "fulfillment",
    "feedback",
    "kpis",
    "ordermgmt",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    *(f"ordermgmt.middleware.{name}" for name in ("PolicyOfPages", "SessionsOfPages")),
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ordermgmt.middleware.SignInOfPages",
    "ordermgmt.middleware.LanguageOfPages",
    *(f"ordermgmt.second_factor.needing.{name}" for name in ("FactorsOfPages", "SecondFactorOfPages")),
    "ordermgmt.middleware.MessagesOfPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *(f"ordermgmt.middleware.{name}" for name in ("PartsOfPages", "WrongWays")),
    *(["ordermgmt.middleware.MissingOfDevelopment"] if DEBUG else []),
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": {
        **env.db_url_config(env.str("DATABASE_URL", default="") or places.database_url),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 300,
    }
}

AUTHENTICATION_BACKENDS = ["ordermgmt.people.KnownAtOnce"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEBUG)  # of those who approve, refund or decide on users
LOGIN_URL = LOGOUT_REDIRECT_URL = "login"
LOGIN_REDIRECT_URL = "start"

LANGUAGE_CODE = "en-gb"  # of the shop, and of all that programs read
LANGUAGES, LOCALE_PATHS = [("en-gb", "English"), ("de", "Deutsch")], [BASE_DIR / "ordermgmt" / "locale"]
FORMAT_MODULE_PATH = "ordermgmt.formats"
USE_TZ, TIME_ZONE = True, "UTC"

STATIC_URL, STATIC_ROOT = "static/", BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"  # photos of customers; served to the shop's people only
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# Security: no inline script or style, no framing; everything over TLS once it is not development.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
# A storefront asks from a domain of its own. Keys are all that counts there, no cookie is read: any domain may.
CORS_URLS_REGEX, CORS_ALLOW_ALL_ORIGINS = r"^/api/v1/", True
CORS_ALLOW_HEADERS = ("accept", "authorization", "content-type", "idempotency-key")
CORS_EXPOSE_HEADERS = ("retry-after", "idempotent-replayed")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine itself, behind the proxy that speaks TLS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 86_400
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

# E-mail: to files that can be read, until a server is named.
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SHOP_NAME} <orders@localhost>")
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="localhost")
# Who sends the mails of a channel, by its code, where it is not the shop: {"trade": "Northwind Trade <trade@…>"}.
MAIL_SENDERS = env.json("MAIL_SENDERS", default={})
if os.environ.get("EMAIL_BACKEND"):  # any of Django's or django-anymail's
    EMAIL_BACKEND = env.str("EMAIL_BACKEND")
elif os.environ.get("EMAIL_URL"):
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["orders.authentication.ApiKeyAuthentication"],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "orders.problems.problem_response",
    "NUM_PROXIES": env.int("PROXIES", default=0 if DEBUG else 1),  # so many last of X-Forwarded-For are believed
}
# Requests a minute with a publishable key; 0: as many as they like.
PUBLIC_REQUESTS_PER_CLIENT = env.int("PUBLIC_REQUESTS_PER_CLIENT", default=300)
PUBLIC_REQUESTS_PER_KEY = env.int("PUBLIC_REQUESTS_PER_KEY", default=12_000)
SPECTACULAR_SETTINGS = openapi(SHOP_NAME)

# Celery. The database is the queue: a message only says "look now", so losing one costs a sweep.
STAGE_TASKS = {
    "receive": "orders.tasks.drain_receive",
    "approve": "orders.tasks.drain_approve",
    "pick": "fulfillment.tasks.drain_pick",
    "pack": "fulfillment.tasks.drain_pack",
    "ship": "fulfillment.tasks.drain_ship",
    "deliver": "fulfillment.tasks.drain_deliver",
    "survey": "feedback.tasks.drain_survey",
    "review": "feedback.tasks.drain_review",
}
CHORES_QUEUE = "chores"
TASK_SECONDS = 120

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE, CELERY_TASK_DEFAULT_EXCHANGE = "receive", "stages"
# One queue per stage. A worker without -Q serves them all; without its own key each would get every message.
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in (*STAGE_TASKS, CHORES_QUEUE)]
CELERY_TASK_ROUTES = {task: {"queue": name} for name, task in STAGE_TASKS.items()}
CELERY_TASK_ROUTES |= {task: {"queue": CHORES_QUEUE} for task, _ in CHORES.values()}
CELERY_TASK_IGNORE_RESULT = CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER, CELERY_ACCEPT_CONTENT = "json", ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = TASK_SECONDS - 20, TASK_SECONDS
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker may be away for as long as it likes
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = transport_options(task_seconds=TASK_SECONDS)
CELERY_TASK_PUBLISH_RETRY = False  # a web request must not wait for the broker
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    f"sweep-{queue}": {
        "task": task,
        "schedule": SWEEP_SECONDS,
        # A sweep nobody took in time is replaced by the next one, so no backlog piles up.
        "options": {"queue": queue, "expires": SWEEP_SECONDS * 2},
    }
    for queue, task in STAGE_TASKS.items()
}
CELERY_BEAT_SCHEDULE |= {
    name: {"task": task, "schedule": seconds, "options": {"queue": CHORES_QUEUE, "expires": seconds}}
    for name, (task, seconds) in CHORES.items()
}

LOGGING = one_line_each(level=env.str("LOG_LEVEL", default="INFO"))
