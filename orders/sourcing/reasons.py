"""Why one way was taken and each of the others was not, in words for people. Pure."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_noop as _

from orders.sourcing.ways import Candidate, Question, Rule

PRAISE = {
    "fewest_splits": _("fewest parcels"),
    "cut_off": _("leaves first"),
    "nearest": _("arrives first"),
    "cheapest": _("costs least"),
    "priority": _("first in the order of the warehouses"),
}
# What older decisions were kept with; they are told in the reader's language all the same.
FORMERLY = (_("asked first"), _("{sites} is asked first"))


def in_favour(best: Candidate, others: Sequence[Candidate], rules: Sequence[Rule]) -> str:
    """What spoke for the best of several ways, against the next best; empty when nothing but the order did."""
    if len(best.sites) > 1 and all(len(way.sites) > 1 for way in others):
        return _("no single warehouse has everything")
    if not others:
        return _("no other warehouse has everything")
    if others[0].score[0] > best.score[0]:
        return _("least to wait for")
    rule = _decisive(others[0], best, rules)
    if rule is None:
        return ""
    return _("{site} is preferred").format(site=rule.site) if rule.kind == "preferred" else PRAISE[rule.kind]


def against(way: Candidate, best: Candidate, rules: Sequence[Rule]) -> str:
    """Why `best` was taken instead: the first rule by which this way is worse."""
    if way.awaited > best.awaited:
        said = _("{units} units to wait for instead of {instead}")
        return said.format(units=way.awaited, instead=best.awaited)
    if way.unannounced > best.unannounced:
        return _("What it waits for is not announced")
    rule = _decisive(way, best, rules)
    match rule:
        case Rule(kind="preferred"):
            is_among = rule.site_id in {site.id for site in way.sites}
            return (_("Not from {site} alone") if is_among else _("Not from {site}")).format(site=rule.site)
        case Rule(kind="fewest_splits"):
            said = _("{parcels} parcels instead of {instead}")
            return said.format(parcels=len(way.sites), instead=len(best.sites))
        case Rule(kind="cut_off"):
            said = _("Leaves {day} instead of {instead}")
            return said.format(day=in_words(way.leaves), instead=in_words(best.leaves))
        case Rule(kind="nearest"):
            said = _("Arrives {day} instead of {instead}")
            return said.format(day=in_words(way.arrives), instead=in_words(best.arrives))
        case Rule(kind="cheapest"):
            if way.cost is None:
                return _("Its cost is not known")
            return _("Costs {amount} more").format(amount=f"{way.cost - (best.cost or 0):.2f}")
    return _("Stands after {sites} in the order of the warehouses").format(
        sites=" and ".join(site.name for site in best.sites)
    )


def shortage(question: Question, way: Candidate) -> str:
    """Why one warehouse alone cannot send everything."""
    cannot = {line.sku: line.requires - way.sites[0].capabilities for line in question.wanted}
    words = sorted(set().union(*cannot.values()))
    lacks = [f"{units} × {sku}" for sku, units in way.lacks.items() if not cannot[sku]]
    more = _(" and {rest} more").format(rest=len(lacks) - 2) if len(lacks) > 2 else ""
    said = [_("cannot keep {words} goods").format(words=" or ".join(words))] if words else []
    said += [_("lacks {goods}").format(goods=", ".join(lacks[:2]) + more)] if lacks else []
    sentence = " and ".join(said)
    return sentence[:1].upper() + sentence[1:]


def in_words(day: date | None) -> str:
    """Mon 4 May; for None, later."""
    return f"{day:%a} {day.day} {day:%b}" if day else _("later")


def _decisive(way: Candidate, best: Candidate, rules: Sequence[Rule]) -> Rule | None:
    """The first rule by which `way` is worse; the first place of a score is no rule's."""
    places = zip(rules, way.score[1:], best.score[1:], strict=True)
    return next((rule for rule, theirs, ours in places if theirs > ours), None)
