"""A decision as people read it: its sentence, and every check with what was found and what was wanted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.retelling import retold
from ordermgmt.phrases import counted, titled
from orders.models import Decision, Hold, Tier
from orders.policy import BY_NAME

TONES = {"approve": "good", "hold": "warn", "reject": "bad"}
WORDS = {
    "note": (gettext_lazy("Noted"), ""),
    "hold": (gettext_lazy("Holds"), "warn"),
    "reject": (gettext_lazy("Rejects"), "bad"),
}


@dataclass(frozen=True)
class CheckRow:
    """One check in the table of evidence."""

    title: str
    value: str
    threshold: str
    word: str
    tone: str

    @property
    def passed(self) -> bool:
        """Whether there is nothing to look at."""
        return self.tone == "good"


@dataclass(frozen=True)
class DecisionCard:
    """One decision; `earlier` ones of the same order follow from the newest on, without their own."""

    decision: Decision
    tone: str
    rows: tuple[CheckRow, ...]
    earlier: tuple[Decision, ...] = ()
    released: tuple[Hold, ...] = ()

    @property
    def speaking(self) -> list[CheckRow]:
        """The checks that did not pass."""
        return [row for row in self.rows if not row.passed]

    @property
    def passed(self) -> list[CheckRow]:
        """The checks that passed."""
        return [row for row in self.rows if row.passed]

    @property
    def counted(self) -> str:
        """12 checks passed."""
        return _("{checks} passed").format(checks=counted(len(self.passed), "check"))

    @property
    def policy(self) -> str:
        """Which version decided."""
        version = self.decision.policy_version
        return _("policy version {version}").format(version=version) if version else _("the program’s own policy")


def decision_card(decisions: Sequence[Decision], holds: Iterable[Hold] = ()) -> DecisionCard | None:
    """The newest of an order's decisions, which come oldest first; None before there is one."""
    if not decisions:
        return None
    *earlier, newest = decisions
    tier = str(newest.facts.get("tier", ""))
    return DecisionCard(
        decision=newest,
        tone=TONES[newest.outcome],
        rows=tuple(sorted((check_row(check, tier) for check in newest.checks), key=_first_what_speaks)),
        earlier=tuple(reversed(earlier)),
        released=tuple(hold for hold in holds if hold.overrules),
    )


def check_row(check: Mapping[str, Any], tier: str) -> CheckRow:
    """One check of the kept evidence; one that this version does not know is told by its name."""
    name = str(check["name"])
    question = BY_NAME.get(name)
    if check["passed"]:
        word, tone = _("Passed"), "good"
    elif check.get("overruled"):
        word, tone = _("Overruled"), "go"
    elif check.get("skipped"):
        word, tone = _("Trusted: {label}").format(label=Tier(tier).label) if tier in Tier.values else _("Trusted"), "go"
    else:
        words, tone = WORDS.get(str(check["outcome"]), (_("Failed"), "warn"))
        word = str(words)
    title = _(question.title) if question else titled(name)
    return CheckRow(title, retold(check["value"]), retold(check["threshold"]), word, tone)


def _first_what_speaks(row: CheckRow) -> int:
    return ["bad", "warn", "go", "", "good"].index(row.tone)
