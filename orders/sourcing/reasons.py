"""Why one way was taken and each of the others was not, in words for people. Pure."""

from collections.abc import Sequence
from datetime import date

from orders.sourcing.ways import Candidate, Question, Rule

PRAISE = {
    "fewest_splits": "fewest parcels",
    "cut_off": "leaves first",
    "nearest": "arrives first",
    "cheapest": "costs least",
    "priority": "asked first",
}


def in_favour(best: Candidate, others: Sequence[Candidate], rules: Sequence[Rule]) -> str:
    """What spoke for the best of several ways, against the next best; empty when nothing but the order did."""
    if len(best.sites) > 1 and all(len(way.sites) > 1 for way in others):
        return "no single warehouse has everything"
    if not others:
        return "no other warehouse has everything"
    if others[0].score[0] > best.score[0]:
        return "least to wait for"
    rule = _decisive(others[0], best, rules)
    if rule is None:
        return ""
    return f"{rule.site} is preferred" if rule.kind == "preferred" else PRAISE[rule.kind]


def against(way: Candidate, best: Candidate, rules: Sequence[Rule]) -> str:
    """Why `best` was taken instead: the first rule by which this way is worse."""
    if way.awaited > best.awaited:
        return f"{way.awaited} units to wait for instead of {best.awaited}"
    if way.unannounced > best.unannounced:
        return "What it waits for is not announced"
    rule = _decisive(way, best, rules)
    match rule:
        case Rule(kind="preferred"):
            alone = " alone" if rule.site_id in {site.id for site in way.sites} else ""
            return f"Not from {rule.site}{alone}"
        case Rule(kind="fewest_splits"):
            return f"{len(way.sites)} parcels instead of {len(best.sites)}"
        case Rule(kind="cut_off"):
            return f"Leaves {in_words(way.leaves)} instead of {in_words(best.leaves)}"
        case Rule(kind="nearest"):
            return f"Arrives {in_words(way.arrives)} instead of {in_words(best.arrives)}"
        case Rule(kind="cheapest"):
            return "Its cost is not known" if way.cost is None else f"Costs {way.cost - (best.cost or 0):.2f} more"
    return f"{' and '.join(site.name for site in best.sites)} is asked first"


def shortage(question: Question, way: Candidate) -> str:
    """Why one warehouse alone cannot send everything."""
    cannot = {line.sku: line.requires - way.sites[0].capabilities for line in question.wanted}
    words = sorted(set().union(*cannot.values()))
    lacks = [f"{units} × {sku}" for sku, units in way.lacks.items() if not cannot[sku]]
    more = f" and {len(lacks) - 2} more" if len(lacks) > 2 else ""
    said = [f"cannot keep {' or '.join(words)} goods"] if words else []
    said += [f"lacks {', '.join(lacks[:2])}{more}"] if lacks else []
    sentence = " and ".join(said)
    return sentence[:1].upper() + sentence[1:]


def in_words(day: date | None) -> str:
    """Mon 4 May; for None, later."""
    return f"{day:%a} {day.day} {day:%b}" if day else "later"


def _decisive(way: Candidate, best: Candidate, rules: Sequence[Rule]) -> Rule | None:
    """The first rule by which `way` is worse; the first place of a score is no rule's."""
    places = zip(rules, way.score[1:], best.score[1:], strict=True)
    return next((rule for rule, theirs, ours in places if theirs > ours), None)
