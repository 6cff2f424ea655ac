"""The words of codes that the history keeps, as `phrases.titled` makes them, so that the collector finds them."""

from django.utils.translation import gettext_noop

HOLDS = (
    gettext_noop("Exception"),
    gettext_noop("Payment"),
    gettext_noop("Payment failed"),
    gettext_noop("Stock"),
    gettext_noop("First order value"),
    gettext_noop("Address"),
    gettext_noop("Address check"),
    gettext_noop("Address warnings"),
    gettext_noop("Blocked"),
    gettext_noop("Postcode"),
    gettext_noop("New address"),
    gettext_noop("Overdue"),
    gettext_noop("Charge backs"),
    gettext_noop("On time"),
    gettext_noop("Tier"),
    gettext_noop("Usual value"),
    gettext_noop("Velocity"),
    gettext_noop("Duplicate"),
    gettext_noop("Customer asked"),
    gettext_noop("Look at address"),
    gettext_noop("Look at payment"),
    gettext_noop("Look at goods"),
    gettext_noop("Other"),
)
RETURNS = (
    gettext_noop("Unwanted"),
    gettext_noop("Bought by mistake"),
    gettext_noop("Better price"),
    gettext_noop("Size too small"),
    gettext_noop("Size too large"),
    gettext_noop("Style"),
    gettext_noop("Damaged"),
    gettext_noop("Defective"),
    gettext_noop("Missing parts"),
    gettext_noop("Poor quality"),
    gettext_noop("Wrong item"),
    gettext_noop("Not as described"),
    gettext_noop("Too late"),
    gettext_noop("Restock"),
    gettext_noop("Refurbish"),
    gettext_noop("Write off"),
    gettext_noop("Vendor"),
)
SCANS = (
    gettext_noop("Wrong bin"),
    gettext_noop("Already complete"),
    gettext_noop("Not on list"),
    gettext_noop("Unknown"),
    gettext_noop("Not found"),
    gettext_noop("Too few"),
    gettext_noop("Wrong goods"),
)
VERDICTS = (gettext_noop("Late"), gettext_noop("Short"), gettext_noop("Documents"))
SCORES = (
    gettext_noop("Recency"),
    gettext_noop("Value"),
    gettext_noop("Returns"),
    gettext_noop("Called off"),
)
CUTS = (
    gettext_noop("channel"),
    gettext_noop("warehouse"),
    gettext_noop("carrier"),
    gettext_noop("region"),
    gettext_noop("tier"),
    gettext_noop("cohort"),
    gettext_noop("product"),
    gettext_noop("category"),
    gettext_noop("picker"),
    gettext_noop("zone"),
)
ASKED = (gettext_noop("Ordering"), gettext_noop("Packaging"), gettext_noop("Delivery"))
