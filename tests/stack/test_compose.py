"""The compose file says the same as the settings."""

import yaml
from django.conf import settings

from ordermgmt.stack.places import PROJECT_DIR

COMPOSE = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


def test_every_lasting_service_has_a_health_check():
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"migrate"}


def test_every_queue_has_a_worker_of_its_own():
    workers = {name: service["command"] for name, service in SERVICES.items() if service.get("profiles") == ["stages"]}
    queues = [queue.name for queue in settings.CELERY_TASK_QUEUES]
    assert workers == {f"worker-{queue}": f"celery -A ordermgmt worker -Q {queue}" for queue in queues}


def test_what_production_refuses_to_start_without_must_be_given():
    environment = SERVICES["web"]["environment"]
    assert environment["DEBUG"] == "0"
    assert "${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]
    assert "${SECRET_KEY:?" in environment["SECRET_KEY"]
    assert environment["REDIS_URL"] == "redis://redis:6379/0"
