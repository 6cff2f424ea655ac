"""The shop's rules for carriers: each in a sentence, the form for one, and which service an order would get."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
from inventory.wording import Words
from ordermgmt.forms import name_nothing
from ordermgmt.phrases import listed
from orders.flow import State
from orders.models import Order, Tier

NONE_FITS = gettext_lazy("No rule fits: the cheapest service that keeps the promise.")


@dataclass(frozen=True)
class Tried:
    """What one parcel, or what is not packed yet in one, would get; `trouble` where nobody takes it."""

    name: str
    rule: Words
    choice: Choice | None
    offers: Sequence[tuple[str, Rate, bool]]
    trouble: str = ""


def sentence(rule: ShippingRule) -> str:
    """What it does: Parcels to DE of up to 2 kg go with Parcelwing Express, if that keeps the promise."""
    parts = [_("Parcels")]
    if rule.countries:
        parts.append(_("to {either}").format(either=_either(rule.countries)))
    if weight := _between(_kilos(rule.min_weight_g), _kilos(rule.max_weight_g)):
        parts.append(_("of {weight}").format(weight=weight))
    if value := _between(_number(rule.min_value), _number(rule.max_value)):
        parts.append(_("of orders worth {value}").format(value=value))
    if rule.skus:
        parts.append(_("with {either} inside").format(either=_either(rule.skus)))
    if rule.tiers:
        parts.append(_("for customers of tier {either}").format(either=_either(rule.tiers)))
    if rule.channel:
        parts.append(_("from {name}").format(name=rule.channel.name))
    name = f"{rule.account.name} {rule.service.capitalize()}".strip() if rule.service else rule.account.name
    cheapest = "" if rule.service else _(", by its cheapest service")
    late = _("even if that is late") if rule.even_if_late else _("if that keeps the promise")
    return _("{parts} go with {name}{cheapest}, {late}.").format(
        parts=" ".join(parts), name=name, cheapest=cheapest, late=late
    )


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One rule. Lists are typed with commas; what is empty fits everything."""

    countries = forms.CharField(label=gettext_lazy("To these countries (as in DE, FR)"), required=False, max_length=400)
    skus = forms.CharField(label=gettext_lazy("With one of these products (SKUs)"), required=False, max_length=1000)
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("For customers who are"),
        required=False,
        choices=Tier.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = ShippingRule
        fields: ClassVar = [
            *("name", "rank", "active", "countries", "min_weight_g", "max_weight_g", "min_value", "max_value"),
            *("skus", "tiers", "channel", "account", "service", "even_if_late"),
        ]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "rank": gettext_lazy("Rank (of rules that fit the lowest holds)"),
            "active": gettext_lazy("In use"),
            "min_weight_g": gettext_lazy("Weighs at least, g"),
            "max_weight_g": gettext_lazy("Weighs at most, g"),
            "min_value": gettext_lazy("Order worth at least"),
            "max_value": gettext_lazy("Order worth at most"),
            "channel": gettext_lazy("From this channel (empty: all)"),
            "account": gettext_lazy("Go with"),
            "service": gettext_lazy("By this service (empty: its cheapest)"),
            "even_if_late": gettext_lazy("Even if it does not keep the promise"),
        }

    def __init__(self, data: Mapping[str, Any] | None, rule: ShippingRule) -> None:
        lists = {"countries": ", ".join(rule.countries), "skus": ", ".join(rule.skus)}
        super().__init__(data, instance=rule, initial=lists)
        for field in self.fields.values():
            field.help_text = ""
        name_nothing(self.fields.values())
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
            raise ValidationError(_("There is no product {unknown}.").format(unknown=unknown[0]))
        return skus

    def clean(self) -> dict[str, Any]:
        """Limits in order, and a service that the carrier has where its tables say which."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for least, most in (("min_weight_g", "max_weight_g"), ("min_value", "max_value")):
            if None not in (typed.get(least), typed.get(most)) and typed[least] > typed[most]:
                self.add_error(most, _("Not less than the least, please."))
        account, service = typed.get("account"), typed.get("service")
        known = set(CarrierService.objects.filter(account=account).values_list("code", flat=True)) if account else set()
        if service and known and service not in known:
            self.add_error(
                "service",
                _("{account} has no such service: it has {sorted}.").format(
                    account=account, sorted=listed(sorted(known))
                ),
            )
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
        name = _("{code}, not packed yet, as one parcel").format(code=shipment.code)
        yield _of(name, shipment, all_in_one(shipment, goods_g), subject, asked)


def _of(name: str, shipment: Shipment, package: Package, subject: Subject, asked: Market) -> Tried:
    preference = preferred(asked.conditions, subject)
    rule = _("Rule {name} fits.").format(name=preference.name) if preference else NONE_FITS
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
        return _("{least} to {most}").format(least=least, most=most)
    return _("{least} or more").format(least=least) if least else _("up to {most}").format(most=most) if most else ""


def _kilos(grams: int | None) -> str:
    return "" if grams is None else _("{grams:g} kg").format(grams=grams / 1000)


def _number(amount: Any) -> str:
    return "" if amount is None else f"{amount.normalize():,f}"
