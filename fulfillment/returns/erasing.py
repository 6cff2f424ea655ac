"""Taking away what was said and shown about the way back."""

from collections.abc import Iterable
from functools import partial
from itertools import chain

from django.core.files.storage import default_storage
from django.db import transaction

from fulfillment.models import Claim, Message, Return, ReturnLine, ReturnUnit


def forget_the_way_back(order_ids: Iterable[int]) -> None:
    """Words, photos and mails about these orders, when somebody is erased; what was decided stays.

    The files go when the transaction has come through.
    """
    ids = list(order_ids)
    claims, returns = Claim.objects.filter(order__in=ids), Return.objects.filter(order__in=ids)
    lines = ReturnLine.objects.filter(return_record__order__in=ids)
    units = ReturnUnit.objects.filter(line__return_record__order__in=ids)
    photos = [rows.exclude(photo="").values_list("photo", flat=True) for rows in (claims, lines, units)]
    for path in chain.from_iterable(photos):
        transaction.on_commit(partial(default_storage.delete, path))
    claims.update(note="", settle_note="", photo="")
    returns.update(declined_why="")
    lines.update(note="", photo="")
    units.update(note="", photo="")
    Message.objects.filter(order__in=ids, state=Message.State.PENDING).delete()
    Message.objects.filter(order__in=ids).update(recipient="", subject="", text="", html="", error="")
