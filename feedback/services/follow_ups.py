"""Getting back to unhappy customers: a task with an owner and a bound."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Count
from django.utils.translation import gettext as _

from feedback.errors import FollowUpDone
from feedback.models import Answer, FollowUp
from feedback.question_sets import Questionnaire
from inventory import clock
from orders.history import record
from orders.models import Order
from orders.queue import held

READS, ACTS = "feedback.view_survey", "orders.change_order"
BACKEND = "django.contrib.auth.backends.ModelBackend"
CHANGED_MIND = "The customer changed their answer."


def open_follow_up(order: Order, said: Answer, questionnaire: Questionnaire, *, wrong_lines: int) -> FollowUp:
    """One task for a held order; while it is open, a changed answer changes what it says and not its bound."""
    told = {"csat": said.csat, "nps": said.nps, "wrong_lines": wrong_lines}
    row = FollowUp.objects.filter(order=order, done_at=None).first()
    if row:
        FollowUp.objects.filter(pk=row.pk).update(**told)
        return row
    now, owner = clock.now(), questionnaire.follow_up_owner or whose_turn()
    due_at = now + timedelta(hours=questionnaire.follow_up_hours)
    return FollowUp.objects.create(order=order, **told, owner=owner, opened_at=now, due_at=due_at)


def whose_turn() -> str:
    """Of the staff that may get back to customers, who has the fewest open; superusers last. Empty without anybody."""
    able = User.objects.with_perm(READS, backend=BACKEND).filter(is_staff=True)
    able = able.filter(pk__in=User.objects.with_perm(ACTS, backend=BACKEND).values("pk"))
    open_rows = FollowUp.objects.filter(done_at=None).order_by()
    load = dict(open_rows.values_list("owner").annotate(Count("pk")))
    turns = ((is_super, load.get(name, 0), name) for is_super, name in able.values_list("is_superuser", "username"))
    return min(turns, default=(True, 0, ""))[2]


def withdraw_follow_up(order: Order) -> None:
    """The customer of a held order is not unhappy any more."""
    open_rows = FollowUp.objects.filter(order=order, done_at=None)
    open_rows.update(done_at=clock.now(), done_by="customer", outcome=CHANGED_MIND)


def take_follow_up(follow_up_id: int, *, owner: str) -> FollowUp:
    """Make somebody its owner. Raises FollowUpDone."""
    with _open(follow_up_id) as (_, row):
        row.owner = owner
        row.save(update_fields=["owner"])
        return row


def settle_follow_up(follow_up_id: int, *, outcome: str, by: str) -> FollowUp:
    """Somebody got back to the customer; `outcome` says how it ended. Raises FollowUpDone."""
    with _open(follow_up_id) as (order, row):
        row.owner, row.done_at, row.done_by, row.outcome = row.owner or by, clock.now(), by, outcome
        row.save(update_fields=["owner", "done_at", "done_by", "outcome"])
        record(order, "order.followed_up", by=by)
        return row


@contextmanager
def _open(follow_up_id: int) -> Iterator[tuple[Order, FollowUp]]:
    """An open follow-up under the lock of its order."""
    with held(FollowUp.objects.values_list("order_id", flat=True).get(pk=follow_up_id)) as order:
        row = FollowUp.objects.get(pk=follow_up_id)
        if row.done_at:
            raise FollowUpDone(_("Somebody got back to this customer already"))
        yield order, row
