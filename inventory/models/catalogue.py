"""What there is to sell, and how it is taxed."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import ean

from inventory.countries import check_country
from inventory.wording import grouped


def check_gtin(value: str) -> None:
    """A barcode is a GTIN of 8, 12, 13 or 14 digits whose last digit fits the others (GS1)."""
    if not ean.is_valid(value):
        raise ValidationError(
            _("{value} is not a GTIN: its check digit or length is wrong.").format(value=value), code="gtin"
        )


def check_options(value: object) -> None:
    """Words by name: what is compared, shown and chosen from is text, and says something."""
    words = (*value, *value.values()) if isinstance(value, dict) else (None,)
    if not all(isinstance(word, str) and word.strip() for word in words):
        raise ValidationError(_('Words by name, as in {"size": "M"}; numbers stand in quotes.'), code="options")


class TaxClass(models.Model):
    """Products that are taxed alike. `rate` holds where no country says otherwise."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    rate = models.DecimalField(
        max_digits=5, decimal_places=4, default=0, help_text=gettext_lazy("A fraction: 0.2 is 20 %.")
    )

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name_plural = "tax classes"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_class_rate_is_a_fraction")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> str:
        """Its rate as people say it: 20 %."""
        share = self.rate * 100
        return f"{grouped(share, 0 if share == int(share) else 2)} %"


class TaxRate(models.Model):
    """The rate of one tax class in one country of delivery."""

    tax_class = models.ForeignKey(TaxClass, on_delete=models.CASCADE, related_name="rates")
    country = models.CharField(
        max_length=2, validators=[check_country], help_text=gettext_lazy("ISO 3166-1 alpha-2, in capitals.")
    )
    rate = models.DecimalField(max_digits=5, decimal_places=4, help_text=gettext_lazy("A fraction: 0.2 is 20 %."))

    class Meta:
        ordering: ClassVar = ["tax_class_id", "country"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tax_class", "country"], name="one_rate_per_tax_class_and_country"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_rate_is_a_fraction"),
        ]

    def __str__(self) -> str:
        return f"{self.tax_class_id} in {self.country}: {self.rate}"


class ProductFamily(models.Model):
    """One thing that is sold in several variants: the same shirt in sizes and colours. Only its products have stock."""

    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name_plural = "product families"

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """One thing that can be sold, known to people by its SKU; a variant where it has a family.

    A product with components is a bundle: it has no stock of its own, its components' stock is what can be promised.
    A trigger keeps it so: what has a stock row, be it empty, gets no components, and the other way round.
    """

    sku = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    tax_class = models.ForeignKey(TaxClass, on_delete=models.PROTECT, related_name="products")
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="variants")
    options = models.JSONField(
        default=dict,
        blank=True,
        validators=[check_options],
        help_text=gettext_lazy('What tells variants apart: {"size": "M"}.'),
    )
    barcode = models.CharField(max_length=14, blank=True, validators=[check_gtin])
    weight_g = models.PositiveIntegerField(default=0)
    length_mm = models.PositiveIntegerField(default=0)
    width_mm = models.PositiveIntegerField(default=0)
    height_mm = models.PositiveIntegerField(default=0)
    upright = models.BooleanField(
        default=False, help_text=gettext_lazy("This side up: it is only turned about the vertical.")
    )
    no_stack = models.BooleanField(
        gettext_lazy("do not stack"), default=False, help_text=gettext_lazy("Nothing is put on top of it.")
    )
    ships_alone = models.BooleanField(default=False, help_text=gettext_lazy("Each unit goes into a box of its own."))
    padding_mm = models.PositiveSmallIntegerField(
        gettext_lazy("padding, mm"),
        default=0,
        help_text=gettext_lazy("Room that fragile goods keep free on all sides."),
    )
    requires = ArrayField(
        models.SlugField(max_length=32),
        default=list,
        blank=True,
        help_text=gettext_lazy(
            "Capabilities that a warehouse must have to keep and send it: cold, hazardous, oversize, …"
        ),
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["sku"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            models.UniqueConstraint(fields=["barcode"], condition=~Q(barcode=""), name="one_product_per_barcode"),
            models.UniqueConstraint(fields=["family", "options"], name="one_variant_per_options"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class BundleComponent(models.Model):
    """Units of one product in one bundle. Bundles stand in no other bundle."""

    bundle = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="components")
    component = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="bundles")
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["bundle_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bundle", "component"], name="one_component_per_bundle_and_product"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="component_counts"),
            models.CheckConstraint(condition=~Q(bundle=F("component")), name="bundle_is_not_its_own_component"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.component_id}"

    def clean(self) -> None:
        """A component is a single product; what is a component, or has stock, does not become a bundle."""
        if BundleComponent.objects.filter(bundle=self.component_id).exists():
            raise ValidationError({"component": _("A bundle cannot stand in another bundle.")}, code="nested")
        if BundleComponent.objects.filter(component=self.bundle_id).exists():
            raise ValidationError(_("This product stands in another bundle itself."), code="nested")
        if Product.objects.filter(pk=self.bundle_id, stock__isnull=False).exists():
            detail = _("This product has, or had, stock of its own: make the bundle under another SKU.")
            raise ValidationError(detail, code="stocked")
