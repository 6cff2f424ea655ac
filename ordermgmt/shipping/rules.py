"""The shop's rules for carriers: each in a sentence, the form for one, and which service an order would get."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from fulfillment.carriers.carrier import Package, Rate
from fulfillment.carriers.choice import Choice, Subject, choose, preferred
from fulfillment.carriers.packages import asked_of, package_of, subject_of
from fulfillment.carriers.preview import Market, market
from fulfillment.carriers.quoting import offers_for
from fulfillment.errors import CarrierError
from fulfillment.freight import all_in_one
from fulfillment.models import CarrierService, Shipment, ShippingRule
from inventory import clock
from inventory.countries import check_countries
from inventory.models import Product
from ordermgmt.phrases import listed
from orders.flow import State
from orders.models import Order, Tier

NONE_FITS = "No rule fits: the cheapest service that keeps the promise."


@dataclass(frozen=True)
class Tried:
    """What one parcel, or what is not packed yet in one, would get; `trouble` where nobody takes it."""

    name: str
    rule: str
    choice: Choice | None
    offers: Sequence[tuple[str, Rate, bool]]
    trouble: str = ""


def sentence(rule: ShippingRule) -> str:
    """What it does: Parcels to DE of up to 2 kg go with Parcelwing Express, if that keeps the promise."""
    parts = ["Parcels"]
    if rule.countries:
        parts.append(f"to {_either(rule.countries)}")
    if weight := _between(_kilos(rule.min_weight_g), _kilos(rule.max_weight_g)):
        parts.append(f"of {weight}")
    if value := _between(_number(rule.min_value), _number(rule.max_value)):
        parts.append(f"of orders worth {value}")
    if rule.skus:
        parts.append(f"with {_either(rule.skus)} inside")
    if rule.tiers:
        parts.append(f"for customers of tier {_either(rule.tiers)}")
    if rule.channel:
        parts.append(f"from {rule.channel.name}")
    name = f"{rule.account.name} {rule.service.capitalize()}".strip() if rule.service else rule.account.name
    cheapest = "" if rule.service else ", by its cheapest service"
    late = "even if that is late" if rule.even_if_late else "if that keeps the promise"
    return f"{' '.join(parts)} go with {name}{cheapest}, {late}."


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One rule. Lists are typed with commas; what is empty fits everything."""

    countries = forms.CharField(label="To these countries (as in DE, FR)", required=False, max_length=400)
    skus = forms.CharField(label="With one of these products (SKUs)", required=False, max_length=1000)
    tiers = forms.MultipleChoiceField(
        label="For customers who are", required=False, choices=Tier.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ShippingRule
        fields: ClassVar = [
            *("name", "rank", "active", "countries", "min_weight_g", "max_weight_g", "min_value", "max_value"),
            *("skus", "tiers", "channel", "account", "service", "even_if_late"),
        ]
        labels: ClassVar = {
            "name": "Name",
            "rank": "Rank (of rules that fit the lowest holds)",
            "active": "In use",
            "min_weight_g": "Weighs at least, g",
            "max_weight_g": "Weighs at most, g",
            "min_value": "Order worth at least",
            "max_value": "Order worth at most",
            "channel": "From this channel (empty: all)",
            "account": "Go with",
            "service": "By this service (empty: its cheapest)",
            "even_if_late": "Even if it does not keep the promise",
        }

    def __init__(self, data: Mapping[str, Any] | None, rule: ShippingRule) -> None:
        lists = {"countries": ", ".join(rule.countries), "skus": ", ".join(rule.skus)}
        super().__init__(data, instance=rule, initial=lists)
        for field in self.fields.values():
            field.help_text = ""
        self.services = sorted(set(CarrierService.objects.values_list("code", flat=True)))
        self.fields["service"].widget.attrs["list"] = "services"

    def clean_countries(self) -> list[str]:
        """By ISO 3166."""
        countries = _listed(self.cleaned_data["countries"].upper())
        check_countries(countries)
        return countries

    def clean_skus(self) -> list[str]:
        """Products of the shop."""
        skus = _listed(self.cleaned_data["skus"])
        unknown = sorted(set(skus) - set(Product.objects.filter(sku__in=skus).values_list("sku", flat=True)))
        if unknown:
            raise ValidationError(f"There is no product {unknown[0]}.")
        return skus

    def clean(self) -> dict[str, Any]:
        """Limits in order, and a service that the carrier has where its tables say which."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for least, most in (("min_weight_g", "max_weight_g"), ("min_value", "max_value")):
            if None not in (typed.get(least), typed.get(most)) and typed[least] > typed[most]:
                self.add_error(most, "Not less than the least, please.")
        account, service = typed.get("account"), typed.get("service")
        known = set(CarrierService.objects.filter(account=account).values_list("code", flat=True)) if account else set()
        if service and known and service not in known:
            self.add_error("service", f"{account} has no such service: it has {listed(sorted(known))}.")
        return typed


def try_out(order: Order) -> list[Tried]:
    """Every open shipment of an order, parcel by parcel, asked now; nothing is bought or kept."""
    asked = market(at_once=False)
    shipments = order.shipments.select_related("order__customer", "order__channel", "warehouse")
    return [
        tried
        for shipment in shipments.exclude(state=State.CANCELLED).order_by("number")
        for tried in _tried(shipment, asked)
    ]


def _tried(shipment: Shipment, asked: Market) -> Iterable[Tried]:
    at, parcels = clock.now(), list(shipment.parcels.select_related("carton"))
    for parcel in parcels:
        package = package_of(parcel, shipment, key=f"look:{parcel.pk}", at=at)
        yield _of(f"{shipment.code}-{parcel.number}", shipment, package, subject_of(parcel, shipment.order), asked)
    if not parcels:
        lines = list(shipment.lines.select_related("order_line__product"))
        goods_g = sum(line.quantity * line.order_line.product.weight_g for line in lines)
        subject = asked_of(shipment.order, weight_g=goods_g, skus=[line.order_line.sku for line in lines])
        name = f"{shipment.code}, not packed yet, as one parcel"
        yield _of(name, shipment, all_in_one(shipment, goods_g), subject, asked)


def _of(name: str, shipment: Shipment, package: Package, subject: Subject, asked: Market) -> Tried:
    preference = preferred(asked.conditions, subject)
    rule = f"Rule {preference.name} fits." if preference else NONE_FITS
    try:
        offers = offers_for(package, asked.accounts)
        choice = choose(offers, promised_at=shipment.order.promised_at, preference=preference)
    except CarrierError as error:
        return Tried(name, rule, None, (), str(error))
    rows = sorted(offers, key=lambda rate: (rate.price, rate.arrives_at))
    named = [(asked.accounts[rate.account].name, rate, rate is choice.rate) for rate in rows]
    return Tried(name, rule, choice, named)


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _either(words: Sequence[str]) -> str:
    return listed(list(words)).replace(" and ", " or ")


def _between(least: str, most: str) -> str:
    if least and most:
        return f"{least} to {most}"
    return f"{least} or more" if least else f"up to {most}" if most else ""


def _kilos(grams: int | None) -> str:
    return "" if grams is None else f"{grams / 1000:g} kg"


def _number(amount: Any) -> str:
    return "" if amount is None else f"{amount.normalize():,f}"
