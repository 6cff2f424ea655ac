"""Refusals of the stock room; each carries the facts."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _


class Refused(Exception):
    """Something the shop does not do, in words for people."""


class InventoryError(Refused):
    """Something the stock room refuses; `code` never changes once released."""

    code = "inventory_refused"


class NotPromised(InventoryError):
    """`kept` maps each reservation key to the units that are promised under it here."""

    code = "not_promised"

    def __init__(self, kept: Mapping[str, int]) -> None:
        self.kept = dict(kept)
        super().__init__(
            _("Promised otherwise: {what}").format(
                what=", ".join((f"{key} ({units})" for key, units in sorted(kept.items())))
            )
        )


class NotEnoughStock(InventoryError):
    """`missing` maps each SKU that falls short to the units still available."""

    code = "out_of_stock"

    def __init__(self, missing: Mapping[str, int]) -> None:
        self.missing = dict(missing)
        left = ", ".join(
            _("{sku} ({units} left)").format(sku=sku, units=units) for sku, units in sorted(self.missing.items())
        )
        super().__init__(_("Not enough stock: {left}").format(left=left))


class NotUsable(InventoryError):
    """What is asked makes no sense whatever lies there: no units, no reason, a stock of another warehouse."""

    code = "stock_request_not_usable"


class KeyReused(InventoryError):
    """Under this `key` something else was booked before."""

    code = "stock_key_reused"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(_("Something else was booked under {key}").format(key=key))


class NotStocked(InventoryError):
    """`skus` are bundles: their components lie on shelves, they do not."""

    code = "not_stocked"

    def __init__(self, skus: Sequence[str]) -> None:
        self.skus = list(skus)
        super().__init__(_("Bundles have no stock of their own: {skus}").format(skus=", ".join(self.skus)))


class WrongState(InventoryError):
    """A count or delivery, named by `subject`, is past this step; `state` is where it stands."""

    code = "stock_not_allowed_now"

    def __init__(self, action: str, subject: str, state: str) -> None:
        self.action, self.subject, self.state = action, subject, state
        super().__init__(
            _("Cannot {action} {subject} now: it is {state}").format(action=action, subject=subject, state=state)
        )


class NotCounted(InventoryError):
    """`skus` of the count have no number yet."""

    code = "not_counted"

    def __init__(self, skus: Sequence[str]) -> None:
        self.skus = list(skus)
        super().__init__(_("Not counted yet: {skus}").format(skus=", ".join(self.skus)))


class BeingCounted(InventoryError):
    """`skus` are in another count that is not booked yet; both would book the same difference."""

    code = "being_counted"

    def __init__(self, skus: Sequence[str]) -> None:
        self.skus = list(skus)
        super().__init__(_("In another open count: {skus}").format(skus=", ".join(self.skus)))


class SamePerson(InventoryError):
    """A large difference takes a second person; `person` has submitted the count."""

    code = "same_person"

    def __init__(self, person: str) -> None:
        self.person = person
        super().__init__(_("{person} has submitted this count, somebody else has to approve it").format(person=person))


class ReferenceTaken(InventoryError):
    """Another delivery has this `reference`."""

    code = "reference_taken"

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(_("Another delivery has the reference {reference}").format(reference=reference))


class NoSuchHold(InventoryError):
    """No basket has this token: its time is over, or it has become an order."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("There is no such hold: it was given back, or has become an order"))
