"""The nine stages of one order: what is done, by whom, what is next, and where it left the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from fulfillment.models import Shipment
from inventory import clock
from inventory.wording import Words
from ordermgmt.phrases import day, is_person, moment_or_day, time_of_day
from orders.bounds import bound_of
from orders.flow import EXITS, STAGE_BY_STATE, STAGES, Stage, State
from orders.history import EVENT_OF_STATE
from orders.models import Order, OrderEvent


@dataclass(frozen=True)
class Step:
    """One of the nine. `look` is `done`, `now`, `stop` or empty for what is still to come."""

    name: Words
    look: str
    detail: str

    @property
    def meaning(self) -> str:
        return {"done": _("done"), "now": _("next"), "stop": _("ended here")}.get(self.look, _("to come"))


def steps(order: Order, events: Iterable[OrderEvent], shipments: list[Shipment]) -> tuple[Step, ...]:
    """The order's way as far as it got, and what is expected of the rest."""
    # Gathered goods that went back on the shelf are gathered no longer.
    reached = len(STAGES) if order.state in EXITS else STAGE_BY_STATE[State(order.state)].number
    passed = {EVENT_OF_STATE[stage.state] for stage in STAGES[:reached]}
    entered = {event.name: event for event in events if event.name in passed}
    shown: list[Step] = []
    last: datetime | None = None
    for stage in STAGES:
        event = entered.get(EVENT_OF_STATE[stage.state])
        if event:
            shown.append(Step(stage.state.label, "done", _done(event, last)))
            last = event.at
        elif order.state in EXITS and all(step.look == "done" for step in shown):
            shown.append(Step(State(order.state).label, "stop", moment_or_day(order.state_since)))
        else:
            following = bool(shown) and shown[-1].look == "done" and order.state not in EXITS
            detail = _next(order, stage, shipments) if following else _later(order, stage)
            shown.append(Step(stage.state.label, "now" if following else "", detail))
    return tuple(shown)


def _done(event: OrderEvent, last: datetime | None) -> str:
    """The day only where it changes, the person only where it was one."""
    same_day = last is not None and timezone.localtime(last).date() == timezone.localtime(event.at).date()
    at = time_of_day(event.at) if same_day else f"{day(event.at)} {time_of_day(event.at)}"
    person = f" {event.by}" if is_person(event.by) else ""
    return at + person


def _next(order: Order, stage: Stage, shipments: list[Shipment]) -> str:
    if order.open_holds:
        return _("held")
    running = [row for row in shipments if row.state != State.CANCELLED]
    reached = [row for row in running if row.state in _from(stage.state)]
    if len(running) > 1 and reached:
        return _("{reached} of {running} shipments").format(reached=len(reached), running=len(running))
    if stage.state == State.DELIVERED:
        return _("promised {promised_at}").format(promised_at=day(order.promised_at))
    if stage.state == State.SURVEYED and hasattr(order, "survey_record"):
        return _("open until {closes_at}").format(closes_at=day(order.survey_record.closes_at))
    bound = bound_of(order.state)
    if bound is None:
        return ""
    until = order.state_since + bound
    return (
        _("by {moment_or_day}").format(moment_or_day=moment_or_day(until))
        if until > clock.now()
        else _("due since {moment_or_day}").format(moment_or_day=moment_or_day(until))
    )


def _later(order: Order, stage: Stage) -> str:
    promised = stage.state == State.DELIVERED and order.state not in EXITS
    return _("promised {promised_at}").format(promised_at=day(order.promised_at)) if promised else ""


def _from(state: State) -> list[State]:
    states = [stage.state for stage in STAGES]
    return states[states.index(state) :]
