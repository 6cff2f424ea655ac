"""Acts on pick lists and on stock."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fulfillment.errors import ListInHand, ListNotFree, NoPicker, WorksElsewhere
from fulfillment.models import Job, PickList, PickTask
from fulfillment.pickwork import giving
from inventory.models import CountLine, SafetyStock, Stock, Warehouse
from inventory.services import counts, set_reorder_point, set_safety_stock
from ordermgmt.access import MAY_LEAD, MAY_MOVE
from ordermgmt.lists.acts.act import Act, NoForm, Otherwise, Targets, Terms, in_order
from ordermgmt.phrases import counted
from ordermgmt.picking import sharing
from orders.models import Channel

State = PickList.State
WALKED = [*PickList.ACTIVE, State.PAUSED]
ENDED = Otherwise(_("they have ended"), Q(state__in=PickList.ENDED))
BEING_COUNTED = Exists(CountLine.objects.filter(stock=OuterRef("pk"), count__state__in=counts.UNDECIDED))


class PickersForm(forms.Form):
    """Among whom the lists are shared out, of those who may pick where they are; each walks one at a time."""

    pickers = forms.ModelMultipleChoiceField(
        label=_("Who picks? Each walks one list at a time: the first lists go to those who have none."),
        queryset=User.objects.none(),
        to_field_name="username",
        widget=forms.CheckboxSelectMultiple,
    )

    def fit(self, lists: QuerySet[PickList]) -> None:
        """Offer those who work where one of these lists is."""
        found = sharing.pickers(lists.order_by().values("warehouse"))
        self.fields["pickers"].queryset = found  # type: ignore[attr-defined]

    def clean_pickers(self) -> list[str]:
        """By name, as lists keep them."""
        return [user.username for user in self.cleaned_data["pickers"]]


class PriorityForm(forms.Form):
    """How soon all of them are picked."""

    priority = forms.IntegerField(
        label=_("Priority: the highest is picked first"), min_value=-9, max_value=9, initial=1
    )


class ReorderForm(forms.Form):
    """When all of them are low."""

    units = forms.IntegerField(label=_("Low when no more units are free than; 0: never"), min_value=0, max_value=10**6)


class SafetyForm(forms.Form):
    """What one channel leaves alone of each."""

    channel = forms.ModelChoiceField(
        label=_("Channel"),
        queryset=Channel.objects.order_by("name"),
        to_field_name="code",
        empty_label=_("Please choose"),
    )
    units = forms.IntegerField(label=_("Units it leaves alone; 0: none"), min_value=0, max_value=10**6)

    def clean_channel(self) -> str:
        """By its code, as stock keeps it."""
        channel: Channel = self.cleaned_data["channel"]
        return channel.code


class RecountForm(forms.Form):
    """What the counts are called."""

    name = forms.CharField(label=_("What the count is called"), max_length=60)


def _lists(ids: Sequence[int]) -> Targets:
    return in_order(ids, {pk: f"P{pk}" for pk in PickList.objects.filter(pk__in=ids).values_list("pk", flat=True)})


def _stocks(ids: Sequence[int]) -> Targets:
    found = Stock.objects.filter(pk__in=ids).values_list("pk", "product__sku", "warehouse__name")
    return in_order(ids, {pk: f"{sku}, {place}" for pk, sku, place in found})


def _warehouses(ids: Sequence[int]) -> Targets:
    """One count for each."""
    found = Counter(_to_count(Stock.objects.filter(pk__in=ids)).order_by().values_list("warehouse", "warehouse__name"))
    return [(pk, f"{name}: {counted(units, 'place')}") for (pk, name), units in sorted(found.items())]


def _place_of_list(list_id: int) -> Warehouse:
    return PickList.objects.select_related("warehouse").get(pk=list_id).warehouse


def _place_of_stock(stock_id: int) -> Warehouse:
    return Stock.objects.select_related("warehouse").get(pk=stock_id).warehouse


def _itself(warehouse_id: int) -> Warehouse:
    return Warehouse.objects.get(pk=warehouse_id)


def _assign(list_id: int, terms: Terms, by: str) -> None:
    """To the first of them who may walk it and has no other list in hand. Raises what the last one refuses with."""
    *others, last = terms["pickers"]
    for picker in others:
        try:
            sharing.assign(list_id, picker=picker, by=by)
        except (ListInHand, NoPicker, WorksElsewhere):
            continue
        return
    sharing.assign(list_id, picker=last, by=by)


def _pause(list_id: int, terms: Terms, by: str) -> None:
    giving.pause(list_id, by=by)


def _give_back(list_id: int, terms: Terms, by: str) -> None:
    """Of an undoing only what is with those it was given to. Raises ListNotFree."""
    row = PickList.objects.get(pk=list_id)
    if row.picker and row.picker not in terms.get("pickers", [row.picker]):
        raise ListNotFree(row, row.picker)
    giving.give_back(list_id, by=by)


def _whom_it_gave_to(job: Job) -> Terms:
    return {"pickers": job.terms["pickers"]}


def _set_priority(list_id: int, terms: Terms, by: str) -> None:
    giving.set_priority(list_id, priority=terms["priority"], by=by)


def _set_reorder_point(stock_id: int, terms: Terms, by: str) -> None:
    set_reorder_point(stock_id, units=terms["units"])


def _set_safety_stock(stock_id: int, terms: Terms, by: str) -> None:
    set_safety_stock(stock_id, channel=terms["channel"], units=terms["units"])


def _to_count(chosen: QuerySet[Stock]) -> QuerySet[Stock]:
    """What is not being counted already; where all is, all, which a count then refuses by name."""
    free = chosen.exclude(BEING_COUNTED)
    return free if free.exists() else chosen


def _recount(warehouse_id: int, terms: Terms, by: str) -> None:
    """In the order of the bins."""
    here = _to_count(Stock.objects.filter(pk__in=terms["rows"], warehouse=warehouse_id)).order_by("bin__code", "pk")
    ids = list(here.values_list("pk", flat=True))
    counts.open_count(_itself(warehouse_id), name=terms["name"], stock_ids=ids, by=by)


def _in_their_hands(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return Q(picker__in=terms["pickers"], state__in=PickList.ACTIVE) if "pickers" in terms else None


def _too_many(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    """The lists that are left when each of the pickers who has none in hand was given one."""
    if "pickers" not in terms:
        return None
    busy = PickList.objects.filter(picker__in=terms["pickers"], state__in=PickList.ACTIVE).values_list("picker")
    free = len({*terms["pickers"]} - {name for (name,) in busy})
    lists = chosen.filter(state=State.OPEN).order_by("pk").values_list("pk", flat=True)
    return Q(pk__in=list(lists[free:]))


def _of_that_priority(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return Q(priority=terms["priority"]) if "priority" in terms else None


def _of_that_point(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return Q(reorder_point=terms["units"]) if "units" in terms else None


def _kept_back_the_same(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    if "channel" not in terms:
        return None
    kept = SafetyStock.objects.filter(stock=OuterRef("pk"), channel=terms["channel"])
    return Q(Exists(kept.filter(quantity=terms["units"]))) if terms["units"] else ~Q(Exists(kept))


WAREHOUSE_ACTS = (
    Act(
        "assign-lists",
        _("Assign"),
        MAY_LEAD,
        PickersForm,
        (
            ENDED,
            Otherwise(_("they are in the hands of these people already"), _in_their_hands, is_so=True),
            Otherwise(_("somebody else has them in hand, or paused them"), ~Q(state=State.OPEN)),
            Otherwise(_("each of these people has a list by then"), _too_many),
        ),
        _lists,
        _assign,
        undone_by="release-lists",
        undo=_whom_it_gave_to,
        place=_place_of_list,
        fit=PickersForm.fit,
    ),
    Act(
        "prioritise-lists",
        _("Set the priority"),
        MAY_LEAD,
        PriorityForm,
        (ENDED, Otherwise(_("they have this priority already"), _of_that_priority, is_so=True)),
        _lists,
        _set_priority,
        place=_place_of_list,
    ),
    Act(
        "pause-lists",
        _("Pause"),
        MAY_LEAD,
        NoForm,
        (
            Otherwise(_("they are paused already"), Q(state=State.PAUSED), is_so=True),
            Otherwise(_("nobody walks them"), ~Q(state__in=PickList.ACTIVE)),
        ),
        _lists,
        _pause,
        place=_place_of_list,
    ),
    Act(
        "release-lists",
        _("Give back"),
        MAY_LEAD,
        NoForm,
        (
            Otherwise(_("nobody has them in hand"), Q(state=State.OPEN), is_so=True),
            ENDED,
            Otherwise(
                _("something was picked for them, and they have to be walked to the end"),
                ~Q(state__in=WALKED) | Q(Exists(PickTask.objects.filter(pick_list=OuterRef("pk"), picked__gt=0))),
            ),
        ),
        _lists,
        _give_back,
        place=_place_of_list,
    ),
    Act(
        "reorder-points",
        _("Set the reorder point"),
        MAY_MOVE,
        ReorderForm,
        (Otherwise(_("they have this reorder point already"), _of_that_point, is_so=True),),
        _stocks,
        _set_reorder_point,
        place=_place_of_stock,
    ),
    Act(
        "safety-stock",
        _("Keep back from a channel"),
        MAY_MOVE,
        SafetyForm,
        (Otherwise(_("the channel leaves so many alone already"), _kept_back_the_same, is_so=True),),
        _stocks,
        _set_safety_stock,
        place=_place_of_stock,
    ),
    Act(
        "recount-stock",
        _("Have it counted"),
        MAY_MOVE,
        RecountForm,
        (Otherwise(_("they are being counted"), Q(BEING_COUNTED), is_so=True),),
        _warehouses,
        _recount,
        place=_itself,
        takes_rows=True,
    ),
)
