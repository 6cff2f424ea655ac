"""The nine stages and their colours in templates."""

from django import template

from ordermgmt.states import PARCEL_TONES, TONES
from orders.flow import STAGES, Stage, State

register = template.Library()


@register.simple_tag
def nine_stages() -> tuple[Stage, ...]:
    """In order."""
    return STAGES


@register.filter
def stage_named(verb: str) -> str:
    """What people call the stage of a verb: Delivered, of deliver."""
    return next((str(stage.state.label) for stage in STAGES if stage.verb == verb), "")


@register.filter
def tone(state: str) -> str:
    """The colour of a state of an order, a shipment or a parcel: on its way, arrived, refused, or none."""
    return PARCEL_TONES.get(state) or (TONES.get(State(state), "") if state in State.values else "")
