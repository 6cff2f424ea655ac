"""`manage.py run`: the whole system on one machine, until Ctrl-C."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from ordermgmt.health import broker_answers, database_answers
from ordermgmt.sign_in import FIRST_USER, FirstSignIn, make_first_sign_in
from ordermgmt.stack.errors import StackError
from ordermgmt.stack.places import Places
from ordermgmt.stack.preflight import check_port
from ordermgmt.stack.stack import LOOK_SECONDS, Plan, Stack, opened
from orders.models import Order

SERVERS = ("DATABASE_URL", "REDIS_URL")
# In the demo shop what is bought now is delivered, asked about and reviewed within minutes. Parcels that were on the
# road before keep their pace.
DEMO_PACE = {"CARRIER_DAY_SECONDS": "20", "SURVEY_DELAY_SECONDS": "10", "SURVEY_WINDOW_SECONDS": "600"}


class Command(BaseCommand):
    """Starts everything, says where it is, and looks after it."""

    help = "Start database, broker, web, worker and beat; load the demo shop on the first run; stop all on Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Returns on Ctrl-C or SIGTERM; anything else is a `StackError`, which manage.py shows as one line."""
        plan = Plan(
            places=Places(settings.DATA_DIR),
            port=settings.PORT,
            env={name: os.environ[name] for name in (*SERVERS, "BASE_URL") if os.environ.get(name)},
        )
        try:
            check_port(plan.port)
            with interruptible(), opened(plan) as stack:
                self.run(stack)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    def run(self, stack: Stack) -> None:
        """Prepare, start, tell, watch."""
        for name, answers in (("database", database_answers), ("broker", broker_answers)):
            if not answers():
                raise StackError(f"The {name} does not answer.")
        call_command("migrate", verbosity=0)
        marker = settings.DATA_DIR / "demo-shop"
        if not Order.objects.exists() and os.environ.get("DEMO", "1") != "0":
            self.stdout.write("The database is empty: loading the demo shop.")
            call_command("demo")
            marker.touch()
        if marker.exists():
            for name, value in DEMO_PACE.items():
                os.environ.setdefault(name, value)
        stack.start_programs()
        if marker.exists():
            stack.start("shopper", "manage.py", "play")
        # Made last, so that what is shown only once is shown.
        self.stdout.write(welcome(stack, make_first_sign_in()))
        self.stdout.flush()  # it may go to a pipe, and nothing follows it
        while True:
            stack.check()
            time.sleep(LOOK_SECONDS)


def welcome(stack: Stack, first_sign_in: FirstSignIn | None) -> str:
    """Where to go and how to get in."""
    password = f"as before (reset: .venv/bin/python manage.py changepassword {FIRST_USER})"
    key = "as before (make another: .venv/bin/python manage.py issue_key web NAME)"
    if first_sign_in is not None:
        password = f"{first_sign_in.password}   (shown only now)"
        key = (
            f"{first_sign_in.api_key}   (shown only now)" if first_sign_in.api_key else "none, there is no channel yet"
        )
    rows = {
        "Dashboard": f"{settings.BASE_URL}/",
        **({"Shop": f"{settings.BASE_URL}/shop/"} if settings.STOREFRONT_CHANNEL else {}),
        "Sign in as": FIRST_USER,
        "Password": password,
        "API docs": f"{settings.BASE_URL}/api/docs/",
        "API key": key,
        "Logs": str(stack.logs),
    }
    lines = [f"  {name:<11} {value}" for name, value in rows.items()]
    return "\n".join(["", f"{settings.SHOP_NAME} is open.", "", *lines, "", "Ctrl-C stops everything."])


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM means the same as Ctrl-C, and a second one does not disturb the stopping."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        raise KeyboardInterrupt

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, interrupt)
    yield
