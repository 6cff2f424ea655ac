"""The checks by name: what each looks at, how it is asked unless a policy says otherwise, and what it says. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from django.utils.translation import gettext_noop

from orders.money import kept
from orders.policy.facts import Facts
from orders.policy.rules import Outcome, Rule

USUAL_TAKES, ON_TIME_TAKES = 3, 3  # from how many earlier orders, or paid ones, on a share of them says something
SKUS_NAMED = 5
MOST_THRESHOLD = 10**11  # what an amount of money may be
MOST_WITHIN = {"minutes": 24 * 60, "hours": 7 * 24}  # as far back as the facts go
LISTED = {"email": "e-mail address", "domain": "e-mail domain", "phone": "phone number", "address": "postal address"}
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
    marks = ["customer"] * facts.blocked + [LISTED.get(kind, kind) for kind in facts.listed]
    subject = "the customer is" if facts.blocked else f"the {' and '.join(marks)} {'is' if len(marks) == 1 else 'are'}"
    value = f"blocked: {', '.join(marks)}" if facts.listed else "blocked" if marks else "not blocked"
    return Answer(not marks, value, "not blocked", f"{subject} blocked")


def _payment(facts: Facts, rule: Rule) -> Answer:
    total, pledged = kept(facts.total, facts.currency), kept(facts.pledged, facts.currency)
    passed, value = facts.pays_later or facts.pledged >= facts.total, "pays later" if facts.pays_later else pledged
    return Answer(passed, value, total, f"{pledged} pledged of {total}")


def _stock(facts: Facts, rule: Rule) -> Answer:
    without, promised = _named(facts.unpromised), "all promised"
    return Answer(not facts.unpromised, without or promised, promised, f"no stock behind {without}")


def _first_order_value(facts: Facts, rule: Rule) -> Answer:
    most = facts.first_order_limit if rule.threshold is None else rule.threshold
    total, limit = kept(facts.total, facts.currency), kept(most, facts.currency)
    passed = facts.earlier_orders > 0 or facts.total <= most
    return Answer(passed, total, limit, f"a first order of {total}, above {limit}")


def _address(facts: Facts, rule: Rule) -> Answer:
    billing, shipping = facts.countries
    said = f"billed in {billing}, sent to {shipping}"
    return Answer(billing == shipping, f"{billing} to {shipping}", "same country", said)


def _postcode(facts: Facts, rule: Rule) -> Answer:
    value = "another postcode" if facts.postcodes_differ else "same postcode"
    return Answer(not facts.postcodes_differ, value, "same postcode", "billed and sent to different postcodes")


def _address_warnings(facts: Facts, rule: Rule) -> Answer:
    value, wanted = ", ".join(facts.warnings) or "none", "none"
    return Answer(not facts.warnings, value, wanted, f"the address looks wrong ({value})")


def _new_address(facts: Facts, rule: Rule) -> Answer:
    value = "new" if facts.address_is_new else "known, or a first order"
    return Answer(not facts.address_is_new, value, "sent there before", "first order to this address")


def _overdue(facts: Facts, rule: Rule) -> Answer:
    said = f"{_count(facts.overdue, 'payment')} overdue"
    return Answer(facts.overdue <= _most(rule), str(facts.overdue), _up_to(rule), said)


def _charge_backs(facts: Facts, rule: Rule) -> Answer:
    said = _count(facts.charge_backs, "charge-back")
    return Answer(facts.charge_backs <= _most(rule), str(facts.charge_backs), _up_to(rule), said)


def _on_time(facts: Facts, rule: Rule) -> Answer:
    paid, least = facts.paid_on_time + facts.paid_late, _most(rule)
    wanted = f"{_percent(least)} or more"
    if paid < ON_TIME_TAKES:
        return Answer(True, f"{_count(paid, 'payment')} so far", wanted, "")
    share = Decimal(100 * facts.paid_on_time) / paid
    return Answer(share >= least, _percent(share), wanted, f"only {_percent(share)} paid on time")


def _tier(facts: Facts, rule: Rule) -> Answer:
    return Answer(facts.tier != "C", facts.tier or "none yet", "not C", "a customer of tier C")


def _usual_value(facts: Facts, rule: Rule) -> Answer:
    wanted = f"up to {_times(_most(rule))} usual"
    if not facts.usual_total or facts.usual_of < USUAL_TAKES:
        return Answer(True, f"{_count(facts.usual_of, 'earlier order')}", wanted, "")
    ratio, usual = facts.total / facts.usual_total, kept(facts.usual_total, facts.currency)
    value = f"{_times(ratio)} usual"
    return Answer(ratio <= _most(rule), f"{value} ({usual})", wanted, f"value {value}")


def _velocity(facts: Facts, rule: Rule) -> Answer:
    within = rule.within or 0
    orders = 1 + sum(minutes <= within for minutes in facts.recent_minutes)
    span = _count(within, "minute")
    wanted = f"up to {_most(rule):f} in {span}"
    return Answer(orders <= _most(rule), f"{_count(orders, 'order')} in {span}", wanted, f"{orders} orders in {span}")


def _duplicate(facts: Facts, rule: Rule) -> Answer:
    since, within = facts.same_minutes, rule.within or 0
    wanted = f"not within {_count(within, 'hour')}"
    if since is None:
        return Answer(True, "not ordered before", wanted, "")
    ago = f"{since // 60} h ago" if since >= 60 else f"{since} min ago"
    return Answer(since > within * 60, f"ordered {ago}", wanted, f"the same was ordered {ago}")


QUESTIONS = (
    Question("blocked", gettext_noop("Blocked"), _blocked, Rule(outcome=REJECT)),
    Question("payment", gettext_noop("Paid or pledged"), _payment, Rule()),
    Question("stock", gettext_noop("Stock all promised"), _stock, Rule()),
    Question("first-order-value", gettext_noop("Value of a first order"), _first_order_value, Rule(), measure="money"),
    Question("address", gettext_noop("Billed and sent to one country"), _address, Rule(trusted=True)),
    Question("postcode", gettext_noop("Billed and sent to one postcode"), _postcode, Rule(outcome=NOTE, trusted=True)),
    Question("address-warnings", gettext_noop("Address looks right"), _address_warnings, Rule(outcome=NOTE)),
    Question("new-address", gettext_noop("Sent there before"), _new_address, Rule(outcome=NOTE, trusted=True)),
    Question(
        "overdue", gettext_noop("Overdue now"), _overdue, Rule(threshold=Decimal(0)), measure=gettext_noop("payments")
    ),
    Question(
        "charge-backs",
        gettext_noop("Charge-backs"),
        _charge_backs,
        Rule(threshold=Decimal(0)),
        measure=gettext_noop("charge-backs"),
    ),
    Question(
        "on-time", gettext_noop("Paid on time"), _on_time, Rule(outcome=NOTE, threshold=Decimal(80)), measure="percent"
    ),
    Question("tier", gettext_noop("Tier of the customer"), _tier, Rule(outcome=NOTE)),
    Question(
        "usual-value",
        gettext_noop("Value against the usual"),
        _usual_value,
        Rule(outcome=NOTE, threshold=Decimal(4), trusted=True),
        measure="times",
    ),
    Question(
        "velocity",
        gettext_noop("Orders in minutes"),
        _velocity,
        Rule(outcome=NOTE, threshold=Decimal(3), within=10, trusted=True),
        measure=gettext_noop("orders"),
        window=gettext_noop("minutes"),
    ),
    Question(
        "duplicate",
        gettext_noop("The same again"),
        _duplicate,
        Rule(outcome=NOTE, within=24),
        window=gettext_noop("hours"),
    ),
)
BY_NAME = {question.name: question for question in QUESTIONS}


def faults(question: Question, rule: Rule) -> dict[str, str]:
    """What of a rule cannot be meant, as a sentence by field; empty when all of it can."""
    found, most = {}, MOST_WITHIN.get(question.window)
    if rule.threshold is not None and not question.measure:
        found["threshold"] = "This check has no threshold."
    elif rule.threshold is None and question.default.threshold is not None:
        found["threshold"] = "This check needs a threshold."
    elif rule.threshold is not None and not 0 <= rule.threshold < MOST_THRESHOLD:
        found["threshold"] = f"From 0 to less than {MOST_THRESHOLD:,}."
    elif question.measure == "percent" and (rule.threshold or 0) > 100:
        found["threshold"] = "100 at most."
    if rule.within is not None and most is None:
        found["within"] = "This check has no time to set."
    elif most is not None and not 1 <= (rule.within or 0) <= most:
        found["within"] = f"From 1 to {most:,} {question.window}."
    if rule.outcome is Outcome.APPROVE:
        found["outcome"] = "A failed check notes, holds or rejects."
    return found


def _named(skus: Sequence[str]) -> str:
    """The first few; an order may have hundreds."""
    rest = len(skus) - SKUS_NAMED
    return ", ".join(skus[:SKUS_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _most(rule: Rule) -> Decimal:
    return rule.threshold or Decimal(0)


def _up_to(rule: Rule) -> str:
    most = _most(rule)
    return f"up to {most:f}" if most else "none"


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
