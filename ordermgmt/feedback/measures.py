"""What findings are looked for: each measure counts cases in samples by group, from the facts of delivered orders.

A statement gives a row per group: the set it is compared within, its name, cases, sample, affected orders, their ids.
A group is compared with all others of its set; where there is nothing to compare with, with an accepted share.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from feedback.questions import STAGE_OF
from inventory.models import Product
from inventory.wording import Words
from ordermgmt.phrases import inside, titled, who
from orders.flow import STAGES

IDS = "(array_agg(DISTINCT {order_id}) FILTER (WHERE {case}))"
SEPARATOR = "\x1f"
STAGE_OF_REASON = {
    "wrong_item": "pick",
    "missing": "pick",
    "wrong_quantity": "pick",
    "damaged": "pack",
    "defective": "pack",
    "too_late": "ship",
}
NAMES = {stage.verb: stage.state.label.lower() for stage in STAGES}


def _lower(slug: str) -> str:
    """Wrong item, in a sentence."""
    return inside(titled(slug))


def _asked_about(verb: str) -> str:
    """Packaging rather than packed."""
    return {verb: kind.name.lower() for kind, verb in STAGE_OF.items()}.get(verb, verb)


def _goods(sku: str) -> str:
    """By the name that people know; what is not in the catalogue any more by its SKU alone."""
    name = Product.objects.values_list("name", flat=True).filter(sku=sku).first()
    return f"{name} ({sku})" if name else sku


SPOKEN: Mapping[str, Callable[[str], str]] = {
    "sku": _goods,
    "reason": _lower,
    "stage": NAMES.__getitem__,
    "picker": who,
}


@dataclass(frozen=True)
class Measure:
    """`told` is the sentence before the share, `about` the names of what a group is, `weight` how bad a case is.

    Without a `stage` it is that of the group; `words` say its names otherwise than is usual.
    """

    kind: str
    weight: int
    sql: str
    told: Words
    about: tuple[str, ...]
    others: Words
    stage: str = ""
    accepted: float | None = None
    words: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    def narrowed(self, within: str, name: str) -> dict[str, str]:
        """What a group is: {"carrier": "fake", "region": "GB"}."""
        parts = [*([within] if within else []), *name.split(SEPARATOR)]
        return dict(zip(self.about, parts, strict=True))

    def sentence(self, about: Mapping[str, str]) -> str:
        """The start of the finding's sentence."""
        words = {**SPOKEN, **self.words}
        return str(self.told).format_map({name: words.get(name, str)(value) for name, value in about.items()})

    def stage_of(self, about: Mapping[str, str]) -> str:
        """The verb of the stage that would have to improve."""
        return self.stage or about.get("stage") or STAGE_OF_REASON.get(about.get("reason", ""), "place")


def _counts(order_id: str, case: str) -> str:
    """The columns that all statements end with."""
    ids = IDS.format(order_id=order_id, case=case)
    return f"count(*) FILTER (WHERE {case}), count(*), count(DISTINCT {order_id}) FILTER (WHERE {case}), {ids}"


WINDOW = "f.order_id IS NOT NULL AND f.delivered_at >= %(since)s AND f.delivered_at < %(until)s"
RETURN_REASONS = f"""
WITH back AS (
    SELECT DISTINCT l.sku, r.reason, f.order_id FROM kpis_orderfact f JOIN kpis_linefact l ON l.fact_id = f.id
    JOIN kpis_returnfact r ON r.line_id = l.id WHERE {WINDOW}
), goods AS (SELECT DISTINCT sku, order_id FROM back), reasons AS (SELECT DISTINCT reason FROM back)
SELECT reasons.reason, g.sku, {_counts("g.order_id", "b.order_id IS NOT NULL")}
FROM goods g CROSS JOIN reasons
LEFT JOIN back b ON b.sku = g.sku AND b.reason = reasons.reason AND b.order_id = g.order_id
WHERE reasons.reason <> '' GROUP BY 1, 2
"""
RETURNED = f"""
SELECT '', l.sku, {_counts("f.order_id", "l.returned > 0")}
FROM kpis_orderfact f JOIN kpis_linefact l ON l.fact_id = f.id WHERE {WINDOW} AND l.delivered > 0 GROUP BY 2
"""
LATE = f"""
SELECT '', f.carrier || chr(31) || f.country, {_counts("f.order_id", "f.late")}
FROM kpis_orderfact f WHERE {WINDOW} AND f.carrier <> '' AND f.late IS NOT NULL GROUP BY 2
"""
WRONG = f"""
SELECT '', l.picker, {_counts("f.order_id", "l.wrong")}
FROM kpis_orderfact f JOIN kpis_linefact l ON l.fact_id = f.id
WHERE {WINDOW} AND l.picker <> '' AND l.picked_at IS NOT NULL GROUP BY 2
"""
WRONG_PLACE = f"""
SELECT '', l.warehouse || chr(31) || l.zone, {_counts("f.order_id", "l.wrong")}
FROM kpis_orderfact f JOIN kpis_linefact l ON l.fact_id = f.id
WHERE {WINDOW} AND l.warehouse <> '' AND l.zone <> '' AND l.picked_at IS NOT NULL GROUP BY 2
"""
WRONG_GOODS = f"""
SELECT '', l.sku, {_counts("f.order_id", "l.wrong")}
FROM kpis_orderfact f JOIN kpis_linefact l ON l.fact_id = f.id WHERE {WINDOW} AND l.picked_at IS NOT NULL GROUP BY 2
"""
DAMAGED = f"""
SELECT '', f.warehouse, {_counts("f.order_id", "f.damaged")}
FROM kpis_orderfact f WHERE {WINDOW} AND f.warehouse <> '' GROUP BY 2
"""
RATED = f"""
SELECT '', s.key, {_counts("f.order_id", "s.value::int <= 2")}
FROM kpis_orderfact f JOIN feedback_survey v ON v.order_id = f.order_id JOIN feedback_answer a ON a.survey_id = v.id
CROSS JOIN LATERAL jsonb_each_text(a.stages) s WHERE {WINDOW} GROUP BY 2
"""
HELD = f"""
SELECT '', reasons.reason, {_counts("f.order_id", "h.held")}
FROM kpis_orderfact f
CROSS JOIN (SELECT DISTINCT reason FROM orders_hold WHERE at >= %(since)s AND at < %(until)s) reasons
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM orders_hold x WHERE x.order_id = f.order_id
                                   AND x.reason = reasons.reason) AS held) h
WHERE {WINDOW} GROUP BY 2
"""
SLOW = f"""
SELECT '', t.verb, {_counts("f.order_id", "t.took > t.bound")}
FROM kpis_orderfact f CROSS JOIN LATERAL (VALUES
    {
    ", ".join(
        f"('{after.verb}', f.{after.state.value}_at - f.{before.state.value}_at, %({before.state.value})s::interval)"
        for before, after in zip(STAGES[:6], STAGES[1:7], strict=True)
    )
}
) t (verb, took, bound)
WHERE {WINDOW} AND NOT f.contradictory AND t.took IS NOT NULL GROUP BY 2
"""


MEASURES = (
    Measure(
        "return_reason",
        2,
        RETURN_REASONS,
        _("Of {sku}, returns say “{reason}”"),
        about=("reason", "sku"),
        others=_("returns of other products"),
    ),
    Measure("returned", 2, RETURNED, _("{sku} comes back"), about=("sku",), others=_("other products"), stage="place"),
    Measure(
        "late",
        2,
        LATE,
        _("Carrier {carrier} is late in {region}"),
        about=("carrier", "region"),
        others=_("other carriers and regions"),
        stage="deliver",
    ),
    Measure(
        "wrong_line",
        3,
        WRONG,
        _("Lines picked by {picker} are wrong"),
        about=("picker",),
        others=_("other pickers"),
        stage="pick",
    ),
    Measure(
        "wrong_place",
        3,
        WRONG_PLACE,
        _("Lines picked in aisle {zone} of {warehouse} are wrong"),
        about=("warehouse", "zone"),
        others=_("other aisles"),
        stage="pick",
    ),
    Measure(
        "wrong_goods",
        3,
        WRONG_GOODS,
        _("{sku} is picked wrong"),
        about=("sku",),
        others=_("other products"),
        stage="pick",
    ),
    Measure(
        "damaged",
        3,
        DAMAGED,
        _("Orders from {warehouse} arrive damaged"),
        about=("warehouse",),
        others=_("other warehouses"),
        stage="pack",
    ),
    Measure(
        "rated",
        2,
        RATED,
        _("Customers give {stage} 1 or 2 of 5"),
        about=("stage",),
        others=_("other questions"),
        words={"stage": _asked_about},
    ),
    Measure(
        "held",
        1,
        HELD,
        _("Orders are held for “{reason}”"),
        about=("reason",),
        others=_("accepted"),
        stage="approve",
        accepted=0.05,
    ),
    Measure(
        "slow",
        1,
        SLOW,
        _("Orders wait longer than the bound to be {stage}"),
        about=("stage",),
        others=_("accepted"),
        accepted=0.05,
    ),
)
