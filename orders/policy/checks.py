"""The checks by name: what each looks at, how it is asked unless a policy says otherwise, and what it says. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from django.utils.translation import gettext_noop as _

from orders.money import kept
from orders.policy.facts import Facts
from orders.policy.rules import Outcome, Rule

USUAL_TAKES, ON_TIME_TAKES = 3, 3  # from how many earlier orders, or paid ones, on a share of them says something
SKUS_NAMED = 5
MOST_THRESHOLD = 10**11  # what an amount of money may be
MOST_WITHIN = {"minutes": 24 * 60, "hours": 7 * 24}  # as far back as the facts go
LISTED = {
    "email": _("e-mail address"),
    "domain": _("e-mail domain"),
    "phone": _("phone number"),
    "address": _("postal address"),
}
BLOCKED, NOT_BLOCKED, SAME_POSTCODE, NONE = _("blocked"), _("not blocked"), _("same postcode"), _("none")
HOLD, NOTE, REJECT = Outcome.HOLD, Outcome.NOTE, Outcome.REJECT


@dataclass(frozen=True)
class Answer:
    """What a check found: the value, what was wanted, and the sentence that says what is wrong."""

    passed: bool
    value: str
    wanted: str
    sentence: str


@dataclass(frozen=True)
class Question:
    """One check. `measure` names what its threshold counts and `window` its time; without one there is none to set."""

    name: str
    title: str
    answer: Callable[[Facts, Rule], Answer]
    default: Rule
    measure: str = ""
    window: str = ""


def _blocked(facts: Facts, rule: Rule) -> Answer:
    listed = [LISTED.get(kind, kind) for kind in facts.listed]
    marks = ["customer"] * facts.blocked + listed
    if facts.blocked:
        said = _("the customer is blocked")
    else:
        said = _("the {marks} is blocked") if len(marks) == 1 else _("the {marks} are blocked")
    value = f"{BLOCKED}: {', '.join(marks)}" if facts.listed else BLOCKED if marks else NOT_BLOCKED
    return Answer(not marks, value, NOT_BLOCKED, said.format(marks=" and ".join(marks)))


def _payment(facts: Facts, rule: Rule) -> Answer:
    total, pledged = kept(facts.total, facts.currency), kept(facts.pledged, facts.currency)
    passed, value = facts.pays_later or facts.pledged >= facts.total, _("pays later") if facts.pays_later else pledged
    return Answer(passed, value, total, _("{pledged} pledged of {total}").format(pledged=pledged, total=total))


def _stock(facts: Facts, rule: Rule) -> Answer:
    without, promised = _named(facts.unpromised), _("all promised")
    return Answer(not facts.unpromised, without or promised, promised, _("no stock behind {skus}").format(skus=without))


def _first_order_value(facts: Facts, rule: Rule) -> Answer:
    most = facts.first_order_limit if rule.threshold is None else rule.threshold
    total, limit = kept(facts.total, facts.currency), kept(most, facts.currency)
    passed = facts.earlier_orders > 0 or facts.total <= most
    said = _("a first order of {total}, above {limit}").format(total=total, limit=limit)
    return Answer(passed, total, limit, said)


def _address(facts: Facts, rule: Rule) -> Answer:
    billing, shipping = facts.countries
    said = _("billed in {billing}, sent to {shipping}").format(billing=billing, shipping=shipping)
    return Answer(billing == shipping, f"{billing} to {shipping}", _("same country"), said)


def _postcode(facts: Facts, rule: Rule) -> Answer:
    value = _("another postcode") if facts.postcodes_differ else SAME_POSTCODE
    said = _("billed and sent to different postcodes")
    return Answer(not facts.postcodes_differ, value, SAME_POSTCODE, said)


def _address_warnings(facts: Facts, rule: Rule) -> Answer:
    value = ", ".join(facts.warnings) or NONE
    return Answer(not facts.warnings, value, NONE, _("the address looks wrong ({value})").format(value=value))


def _new_address(facts: Facts, rule: Rule) -> Answer:
    value = _("new") if facts.address_is_new else _("known, or a first order")
    return Answer(not facts.address_is_new, value, _("sent there before"), _("first order to this address"))


def _overdue(facts: Facts, rule: Rule) -> Answer:
    said = _("{payments} overdue").format(payments=_count(facts.overdue, "payment"))
    return Answer(facts.overdue <= _most(rule), str(facts.overdue), _up_to(rule), said)


def _charge_backs(facts: Facts, rule: Rule) -> Answer:
    said = _count(facts.charge_backs, "charge-back")
    return Answer(facts.charge_backs <= _most(rule), str(facts.charge_backs), _up_to(rule), said)


def _on_time(facts: Facts, rule: Rule) -> Answer:
    paid, least = facts.paid_on_time + facts.paid_late, _most(rule)
    wanted = _("{share} or more").format(share=_percent(least))
    if paid < ON_TIME_TAKES:
        return Answer(True, _("{payments} so far").format(payments=_count(paid, "payment")), wanted, "")
    share = Decimal(100 * facts.paid_on_time) / paid
    return Answer(share >= least, _percent(share), wanted, _("only {share} paid on time").format(share=_percent(share)))


def _tier(facts: Facts, rule: Rule) -> Answer:
    return Answer(facts.tier != "C", facts.tier or _("none yet"), _("not C"), _("a customer of tier C"))


def _usual_value(facts: Facts, rule: Rule) -> Answer:
    wanted = _("up to {times} usual").format(times=_times(_most(rule)))
    if not facts.usual_total or facts.usual_of < USUAL_TAKES:
        return Answer(True, f"{_count(facts.usual_of, 'earlier order')}", wanted, "")
    ratio, usual = facts.total / facts.usual_total, kept(facts.usual_total, facts.currency)
    times, said = _times(ratio), _("value {times} usual")
    value = _("{times} usual ({usual})").format(times=times, usual=usual)
    return Answer(ratio <= _most(rule), value, wanted, said.format(times=times))


def _velocity(facts: Facts, rule: Rule) -> Answer:
    within = rule.within or 0
    orders = 1 + sum(minutes <= within for minutes in facts.recent_minutes)
    span = _count(within, "minute")
    wanted = _("up to {most} in {span}").format(most=f"{_most(rule):f}", span=span)
    said = (_("{orders} order in {span}") if orders == 1 else _("{orders} orders in {span}")).format(
        orders=orders, span=span
    )
    return Answer(orders <= _most(rule), said, wanted, said)


def _duplicate(facts: Facts, rule: Rule) -> Answer:
    since, within = facts.same_minutes, rule.within or 0
    wanted = _("not within {span}").format(span=_count(within, "hour"))
    if since is None:
        return Answer(True, _("not ordered before"), wanted, "")
    ago = f"{since // 60} h" if since >= 60 else f"{since} min"
    value, said = _("ordered {ago} ago"), _("the same was ordered {ago} ago")
    return Answer(since > within * 60, value.format(ago=ago), wanted, said.format(ago=ago))


QUESTIONS = (
    Question("blocked", _("Blocked"), _blocked, Rule(outcome=REJECT)),
    Question("payment", _("Paid or pledged"), _payment, Rule()),
    Question("stock", _("Stock all promised"), _stock, Rule()),
    Question("first-order-value", _("Value of a first order"), _first_order_value, Rule(), measure="money"),
    Question("address", _("Billed and sent to one country"), _address, Rule(trusted=True)),
    Question("postcode", _("Billed and sent to one postcode"), _postcode, Rule(outcome=NOTE, trusted=True)),
    Question("address-warnings", _("Address looks right"), _address_warnings, Rule(outcome=NOTE)),
    Question("new-address", _("Sent there before"), _new_address, Rule(outcome=NOTE, trusted=True)),
    Question("overdue", _("Overdue now"), _overdue, Rule(threshold=Decimal(0)), measure=_("payments")),
    Question(
        "charge-backs",
        _("Charge-backs"),
        _charge_backs,
        Rule(threshold=Decimal(0)),
        measure=_("charge-backs"),
    ),
    Question("on-time", _("Paid on time"), _on_time, Rule(outcome=NOTE, threshold=Decimal(80)), measure="percent"),
    Question("tier", _("Tier of the customer"), _tier, Rule(outcome=NOTE)),
    Question(
        "usual-value",
        _("Value against the usual"),
        _usual_value,
        Rule(outcome=NOTE, threshold=Decimal(4), trusted=True),
        measure="times",
    ),
    Question(
        "velocity",
        _("Orders in minutes"),
        _velocity,
        Rule(outcome=NOTE, threshold=Decimal(3), within=10, trusted=True),
        measure=_("orders"),
        window=_("minutes"),
    ),
    Question(
        "duplicate",
        _("The same again"),
        _duplicate,
        Rule(outcome=NOTE, within=24),
        window=_("hours"),
    ),
)
BY_NAME = {question.name: question for question in QUESTIONS}


def faults(question: Question, rule: Rule) -> dict[str, str]:
    """What of a rule cannot be meant, as a sentence by field; empty when all of it can."""
    found, most = {}, MOST_WITHIN.get(question.window)
    if rule.threshold is not None and not question.measure:
        found["threshold"] = _("This check has no threshold.")
    elif rule.threshold is None and question.default.threshold is not None:
        found["threshold"] = _("This check needs a threshold.")
    elif rule.threshold is not None and not 0 <= rule.threshold < MOST_THRESHOLD:
        found["threshold"] = f"From 0 to less than {MOST_THRESHOLD:,}."
    elif question.measure == "percent" and (rule.threshold or 0) > 100:
        found["threshold"] = _("100 at most.")
    if rule.within is not None and most is None:
        found["within"] = _("This check has no time to set.")
    elif most is not None and not 1 <= (rule.within or 0) <= most:
        found["within"] = f"From 1 to {most:,} {question.window}."
    if rule.outcome is Outcome.APPROVE:
        found["outcome"] = _("A failed check notes, holds or rejects.")
    return found


def _named(skus: Sequence[str]) -> str:
    """The first few; an order may have hundreds."""
    rest = len(skus) - SKUS_NAMED
    return ", ".join(skus[:SKUS_NAMED]) + (_(" and {rest} more").format(rest=rest) if rest > 0 else "")


def _most(rule: Rule) -> Decimal:
    return rule.threshold or Decimal(0)


def _up_to(rule: Rule) -> str:
    most = _most(rule)
    return _("up to {most}").format(most=f"{most:f}") if most else NONE


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _percent(share: Decimal) -> str:
    """80 %, 66.6 %: never rounded up to what is wanted."""
    return f"{_short(share, '0.1', ROUND_DOWN)}\N{NO-BREAK SPACE}%"


def _times(ratio: Decimal) -> str:
    """4.2×: never rounded down to what is allowed."""
    return f"{_short(ratio, '0.01', ROUND_UP)}×"


def _short(number: Decimal, step: str, rounding: str) -> str:
    digits = f"{number.quantize(Decimal(step), rounding):f}"
    return digits.rstrip("0").removesuffix(".")
