"""What a scan at the pick station means, given what is on the list. Pure; the page in the browser judges alike.

The cases in `tests/fulfillment/pickwork/verdicts.json` are tried on both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fulfillment.models.scans import Scan

Verdict, Action = Scan.Verdict, Scan.Action


@dataclass(frozen=True)
class Line:
    """A task as the picker sees it. `codes` are in capitals; `bin` is empty where nobody knows it; a `void` one is of
    an order that was called off."""

    id: int
    bin: str
    codes: frozenset[str]
    name: str
    left: int
    void: bool = False


@dataclass(frozen=True)
class Seen:
    """What was scanned, or typed: an item counts under the bin that was scanned before it."""

    action: str
    bin: str = ""
    code: str = ""
    units: int = 1
    task: int | None = None


@dataclass(frozen=True)
class Judged:
    """The verdict in a word and in a sentence; the task it is about, and the units it moves."""

    verdict: str
    said: str
    task: int | None = None
    units: int = 0


def judge(lines: Sequence[Line], seen: Seen) -> Judged:
    """`lines` come in walking order. Nothing moves unless the verdict is right."""
    wanted = [line for line in lines if not line.void]
    if seen.action == Action.BIN:
        return _bin(wanted, seen.bin.strip().upper())
    if seen.action == Action.ITEM:
        return _item(wanted, seen.bin.strip().upper(), seen.code.strip().upper(), seen.units)
    return _by_hand(wanted, seen)


def next_of(lines: Sequence[Line]) -> Line | None:
    """What the picker is looking for."""
    return next((line for line in lines if line.left and not line.void), None)


def _bin(wanted: Sequence[Line], code: str) -> Judged:
    here = [line for line in wanted if line.bin.upper() == code]
    if not here:
        expected = next_of(wanted)
        where = _(": go to {bin}").format(bin=expected.bin) if expected and expected.bin else ""
        return Judged(
            Verdict.WRONG_BIN,
            _("Nothing to take from {code}{where}").format(code=code, where=where),
            expected.id if expected else None,
        )
    todo = next((line for line in here if line.left), None)
    if todo is None:
        return Judged(Verdict.ALREADY_COMPLETE, _("{code} is done").format(code=code), here[0].id)
    return Judged(Verdict.RIGHT, _("Right place: take {left} × {name}").format(left=todo.left, name=todo.name), todo.id)


def _item(wanted: Sequence[Line], bin_: str, code: str, units: int) -> Judged:
    same = [line for line in wanted if code in line.codes]
    expected = next((line for line in wanted if line.left and line.bin.upper() == bin_), None) or next_of(wanted)
    if not same:
        return Judged(
            Verdict.NOT_ON_LIST, _("{code} is not on this list").format(code=code), expected.id if expected else None
        )
    here = [line for line in same if not line.bin or line.bin.upper() == bin_]
    if not here:
        return _elsewhere(same, bin_, expected)
    todo = next((line for line in here if line.left), None)
    if todo is None:
        return Judged(Verdict.ALREADY_COMPLETE, _("All of {name} is taken").format(name=here[0].name), here[0].id)
    if not 1 <= units <= todo.left:
        return Judged(
            Verdict.ALREADY_COMPLETE,
            _("Only {left} × {name} left to take").format(left=todo.left, name=todo.name),
            todo.id,
        )
    rest = todo.left - units
    more = _(", {rest} more").format(rest=rest) if rest else _(", done")
    return Judged(Verdict.RIGHT, f"{units} × {todo.name}{more}", todo.id, units)


def _elsewhere(same: Sequence[Line], bin_: str, expected: Line | None) -> Judged:
    """On the list, but not from here."""
    if not bin_:
        todo = next((line for line in same if line.left), same[0])
        return Judged(Verdict.WRONG_BIN, _("Scan the place first: {bin}").format(bin=todo.bin), todo.id)
    if expected and expected.bin.upper() == bin_:
        return Judged(
            Verdict.WRONG_ITEM,
            _("That is {name}; here it is {name_2}").format(name=same[0].name, name_2=expected.name),
            expected.id,
        )
    return Judged(Verdict.WRONG_ITEM, _("{name} lies in {bin}").format(name=same[0].name, bin=same[0].bin), same[0].id)


def _by_hand(wanted: Sequence[Line], seen: Seen) -> Judged:
    line = next((line for line in wanted if line.id == seen.task), None)
    if line is None:
        return Judged(Verdict.NOT_ON_LIST, _("This is not on the list any more"))
    if seen.action == Action.CORRECT:
        return Judged(
            Verdict.RIGHT,
            _("{units} × {name} taken out again").format(units=seen.units, name=line.name),
            line.id,
            seen.units,
        )
    if not 1 <= seen.units <= line.left:
        return Judged(
            Verdict.ALREADY_COMPLETE,
            _("Only {left} × {name} left to take").format(left=line.left, name=line.name),
            line.id,
        )
    words = _("not there") if seen.action == Action.SHORT else _("taken without a scan")
    return Judged(Verdict.RIGHT, f"{seen.units} × {line.name} {words}", line.id, seen.units)
