"""Refusals of the order desk; each has a stable `code` for the API and carries its facts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.errors import Refused
from inventory.wording import Words, grouped
from orders.money import plain, shown


class OrderError(Refused):
    """Something the order desk refuses; `code` never changes once released."""

    code = "order_refused"


class UnknownSku(OrderError):
    """`skus` are not in the catalogue, or no longer sold."""

    code = "unknown_sku"

    def __init__(self, skus: Sequence[str]) -> None:
        self.skus = list(skus)
        super().__init__(_("Not in the catalogue: {skus}").format(skus=", ".join(self.skus)))


class WrongCurrency(OrderError):
    """The channel sells in one currency, the order names another."""

    code = "wrong_currency"

    def __init__(self, given: str, expected: str) -> None:
        self.given, self.expected = given, expected
        super().__init__(_("This channel sells in {expected}, not in {given}").format(expected=expected, given=given))


class ExternalIdTaken(OrderError):
    """The channel already sent another order under this external id."""

    code = "external_id_conflict"

    def __init__(self, external_id: str, number: int) -> None:
        self.external_id, self.number = external_id, number
        super().__init__(
            _("External id {external_id} belongs to order {number}, which differs from this one").format(
                external_id=external_id, number=number
            )
        )


class NoSuchShipping(OrderError):
    """The shop has no such shipping method, or it does not go there."""

    code = "no_such_shipping"

    def __init__(self, method: str, country: str) -> None:
        self.method, self.country = method, country
        where = _(" to {country}").format(country=country) if country else ""
        super().__init__(_("There is no shipping method {method}{where}").format(method=method, where=where))


class DiscountTooLarge(OrderError):
    """More would be given off than there is to pay."""

    code = "discount_too_large"


class AmountTooLarge(OrderError):
    """A price, a line or the whole order has more digits than can be kept."""

    code = "amount_too_large"


class PriceNotAllowed(OrderError):
    """Only a key with the scope `orders:price` may name prices, discounts and what shipping costs."""

    code = "price_not_allowed"


class NotAllowedNow(OrderError):
    """No such step leads from the state of the order or shipment; `blockers` say what it takes, in words for people."""

    code = "not_allowed_now"

    def __init__(self, action: str, row: Any, blockers: Sequence[str] = ()) -> None:
        self.action, self.subject, self.state, self.blockers = action, str(row), str(row.state), list(blockers)
        said = (
            _("Cannot {action} {subject}: {blockers}")
            if blockers
            else _("Cannot {action} {subject} now: it is {state}")
        )
        told = {"subject": self.subject, "state": self.state, "blockers": "; ".join(self.blockers)}
        super().__init__(said.format(action=action, **told))


class CapturedTooMuch(OrderError):
    """The channel says it took more than the order costs."""

    code = "captured_too_much"


class PledgedTooMuch(OrderError):
    """More would be pledged than is open; `amount` was given, `most` is possible."""

    code = "pledged_too_much"

    def __init__(self, amount: Decimal, most: Decimal, currency: str) -> None:
        self.amount, self.most = plain(amount, currency), plain(most, currency)
        super().__init__(
            _("{amount} is more than the {most} that are not pledged yet").format(
                amount=shown(amount, currency), most=shown(most, currency)
            )
        )


class PaymentReferenceTaken(OrderError):
    """A payment of the order has this `reference` already, with another amount (`pledged`)."""

    code = "payment_reference_conflict"

    def __init__(self, reference: str, pledged: str) -> None:
        self.reference, self.pledged = reference, pledged
        super().__init__(_("The payment {reference} is one of {pledged}").format(reference=reference, pledged=pledged))


class RefundTooLarge(OrderError):
    """More would go back than was captured."""

    code = "refund_too_large"


class RefundKeyReused(OrderError):
    """A refund was granted under this key already, with another amount."""

    code = "refund_key_reused"


class NothingToCollect(OrderError):
    """Nothing is pledged that could be taken, or nothing failed that could be tried again."""

    code = "nothing_to_collect"


class NoSuchGateway(OrderError):
    """No payment gateway has this name."""

    code = "no_such_gateway"


class GatewayNotSetUp(OrderError):
    """A secret of the payment gateway, or its library, is missing."""

    code = "gateway_not_set_up"


class GatewayRefused(OrderError):
    """The payment gateway says that it will not do this."""

    code = "gateway_refused"


class GatewayUnreachable(OrderError):
    """The payment gateway gave no answer: nobody knows whether it was done."""

    code = "gateway_unreachable"


class WebhookNotSigned(OrderError):
    """A webhook does not come from whom it says."""

    code = "webhook_not_signed"


class NoSuchLine(OrderError):
    """The order has no line at this place (`line`, from 1) any more, or one of only so many `units`."""

    code = "no_such_line"

    def __init__(self, line: int, units: int = 0) -> None:
        self.line, self.units = line, units
        if units:
            said = ngettext(
                "The order has only {units} unit of line {line} to change",
                "The order has only {units} units of line {line} to change",
                units,
            )
        else:
            said = _("The order has no line {line} to change")
        super().__init__(said.format(units=grouped(units), line=line))


class ChangeOpen(OrderError):
    """Somebody has proposed a change already; `change` is its id, and it is applied or discarded first."""

    code = "change_open"

    def __init__(self, change: int, by: str) -> None:
        self.change = change
        super().__init__(
            _("Change {change}, proposed by {by}, is still open: apply or discard it first").format(
                change=change, by=by
            )
        )


class ChangeEnded(OrderError):
    """The change was applied or discarded before."""

    code = "change_ended"


class NothingToChange(OrderError):
    """The order is like that already, or nothing was named."""

    code = "nothing_to_change"


class ChangeStale(OrderError):
    """The order moved on, or a price did, since the change was looked at; `preview` is what it would do now."""

    code = "change_stale"

    def __init__(self, preview: dict[str, Any]) -> None:
        self.preview = preview
        super().__init__(_("The order or a price is not what it was when this change was looked at: look at it again"))


class NoWay(OrderError):
    """This cannot be done to the order as it stands; `way_out` says what can, `put_back` that it can after that."""

    code = "no_way"

    def __init__(self, sentence: Words, way_out: Words, *, put_back: bool = False) -> None:
        self.way_out, self.put_back = str(way_out), put_back
        super().__init__(f"{sentence} {way_out}")


class PolicyChanged(OrderError):
    """Somebody has saved another version of the channel's policy; `version` is the newest one."""

    code = "policy_changed"

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(
            _("The policy has changed in the meantime: version {version} holds now").format(version=version)
        )


class NeedsSecondPerson(OrderError):
    """The hold `reason` takes two people to release; the caller, who is `seconded_by`, has agreed already."""

    code = "needs_second_person"

    def __init__(self, reason: str, seconded_by: str) -> None:
        self.reason, self.seconded_by = reason, seconded_by
        super().__init__(
            _("The hold {reason} waits for a second person: {seconded_by} has agreed already").format(
                reason=reason, seconded_by=seconded_by
            )
        )


class HoldOpen(OrderError):
    """The order, or shipment, is held for this `reason` already, with another note or until another moment."""

    code = "hold_open"

    def __init__(self, reason: str, by: str) -> None:
        self.reason = reason
        super().__init__(
            _("It is held for {reason} already, by {by}: release that hold first").format(reason=reason, by=by)
        )


class CreditTooSmall(OrderError):
    """More store credit would be spent than is left, or than the order still costs."""

    code = "credit_too_small"


class CustomerRefused(OrderError):
    """Not with this customer; `reason` names why for programs, the message says it to people."""

    code = "customer_refused"

    def __init__(self, sentence: str, *, reason: str) -> None:
        self.reason = reason
        super().__init__(sentence)
