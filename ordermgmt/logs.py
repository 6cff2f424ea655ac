"""What the programs write down while they run."""

from typing import Any


def one_line_each(*, level: str) -> dict[str, Any]:
    """Everything of this level or above to standard error, in Django's form of the settings of logging."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # Beat says every sweep aloud, and a worker every message: eight lines each few seconds.
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            # It would write down the links that customers get.
            "httpx": {"level": "WARNING"},
        },
    }
