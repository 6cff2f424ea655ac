"""Who may see the shop's own pages, and who may act on orders and stock."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh

from ordermgmt.people import language, places_of, zone

Rest = ParamSpec("Rest")
Guarded = TypeVar("Guarded", bound=Callable[..., object])
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]
MAY_ACT = "orders.change_order"
MAY_MOVE = "inventory.change_stock"
MAY_APPROVE, MAY_EDIT = "orders.approve_order", "orders.edit_order"
MAY_CANCEL, MAY_REFUND = "orders.cancel_order", "orders.refund_order"
MAY_PICK, MAY_LEAD = "fulfillment.pick_picklist", "fulfillment.change_picklist"
MAY_RETURN = "fulfillment.handle_return"
MAY_TELL = "orders.change_webhookendpoint"
MAY_PACK, MAY_SHIP = "fulfillment.pack_shipment", "fulfillment.ship_shipment"
WAREHOUSE_WORK = (MAY_ACT, MAY_PICK, MAY_PACK, MAY_SHIP)
MAY_SEE_CUSTOMERS, MAY_SEE_PAYMENTS = "orders.view_customer", "orders.view_payment"
SEES_MONEY = (MAY_SEE_PAYMENTS, MAY_REFUND)  # one of them
MAY_SEE_TRUST, MAY_SEE_FIGURES = "orders.view_decision", "kpis.view_target"
MAY_SEE_VOICES, MAY_SEE_MAILS = "feedback.view_survey", "fulfillment.view_message"
MAY_SET_UP, MAY_USERS = "orders.change_channel", "auth.change_user"
MAY_STEER = "kpis.change_target"
MAY_CHANGE_CUSTOMERS, MAY_ERASE = "orders.change_customer", "orders.erase_customer"


def staff_page(view: View[Rest]) -> View[Rest]:
    """Signed-in staff only, in their own language and time zone.

    The language stays until the middleware takes it back, so that a refusal is said in it too.

    A page that renews itself in a signed-out window reloads whole, so that the sign-in never lands inside it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponseClientRefresh()
            to = onward(request)  # who comes in by the front door is led to their own work
            return redirect_to_login(reverse("start") if to == "/" else to)
        if not request.user.is_staff:
            raise PermissionDenied
        translation.activate(language(request))
        with timezone.override(zone(request.user)):
            return view(request, *args, **kwargs)

    return needing(guarded, *needs_of(view))


def onward(request: HttpRequest) -> str:
    """Where somebody goes on after signing in: here, or to the page whose form they sent."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else page_before(request) or "/"


def page_before(request: HttpRequest) -> str:
    """The page of this shop on which a link or button was pressed; empty when the browser does not tell."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return escape_leading_slashes(urlunsplit(("", "", *urlsplit(before)[2:4], "")))


def back_to(request: HttpRequest) -> str:
    """The `next` of a link or form, where somebody wants to go on, if it is on this site; else nothing."""
    address = request.POST.get("next") or request.GET.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def plain_file(view: View[Rest]) -> View[Rest]:
    """What programs read too: in the one language that files have, whoever asks."""

    @wraps(view)
    def plain(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            return view(request, *args, **kwargs)

    return plain


def needing(guarded: Guarded, *any_of: str) -> Guarded:
    """Write on a guarded view which permissions let somebody in, any of them; none: whoever is staff."""
    vars(guarded)["needs"] = any_of
    return guarded


def needs_of(view: Callable[..., object]) -> tuple[str, ...]:
    """What stands on it."""
    found: tuple[str, ...] = vars(view).get("needs", ())
    return found


def people_page(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may read customers."""
    return _permitted(view, MAY_SEE_CUSTOMERS, MAY_CHANGE_CUSTOMERS)


def payment_page(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may read payments."""
    return _permitted(view, *SEES_MONEY)


def trust_page(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may read why the shop trusts whom."""
    return _permitted(view, MAY_SEE_TRUST, MAY_APPROVE)


def figures_page(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may read the figures."""
    return _permitted(view, MAY_SEE_FIGURES, MAY_STEER)


def voice_page(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may read what customers say and what comes of it."""
    return _permitted(view, MAY_SEE_VOICES)


def mail_page(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may read the mails to customers."""
    return _permitted(view, MAY_SEE_MAILS)


def settings_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who set the shop up."""
    return _permitted(view, MAY_SET_UP)


def settings_page(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who set up the shop or its users."""
    return _permitted(view, MAY_SET_UP, MAY_USERS)


def users_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who say who may do what."""
    return _permitted(view, MAY_USERS)


def sees_money(request: HttpRequest) -> bool:
    """Whether they may read what was paid and paid back."""
    return any(map(request.user.has_perm, SEES_MONEY))


def refuse_elsewhere(request: HttpRequest, warehouse_id: int) -> None:
    """Work in a warehouse that is none of theirs; who has no workplace works everywhere. Raises PermissionDenied."""
    if (places := workplaces(request)) and warehouse_id not in places:
        raise PermissionDenied


def workplaces(request: HttpRequest) -> set[int]:
    """The warehouses that they work in; none: all of them."""
    return places_of(request.user.get_username())


def staff_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may change orders."""
    return _permitted(view, MAY_ACT)


def stock_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may change stock."""
    return _permitted(view, MAY_MOVE)


def approver_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may decide whom the shop trusts."""
    return _permitted(view, MAY_APPROVE)


def editor_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may change what was ordered."""
    return _permitted(view, MAY_EDIT)


def canceller_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may call orders off."""
    return _permitted(view, MAY_CANCEL)


def refunder_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may book payments and give money back."""
    return _permitted(view, MAY_REFUND)


def picker_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who pick."""
    return _permitted(view, MAY_PICK)


def packer_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who pack."""
    return _permitted(view, MAY_PACK)


def shipper_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who buy labels and hand parcels to the carriers."""
    return _permitted(view, MAY_SHIP)


def leader_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who plan the pickers' work and give it to others."""
    return _permitted(view, MAY_LEAD)


def return_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who decide, take in and settle returns and claims."""
    return _permitted(view, MAY_RETURN)


def customer_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may change customers and see all that is held of them."""
    return _permitted(view, MAY_CHANGE_CUSTOMERS)


def warehouse_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who work in the warehouse."""
    return _permitted(view, *WAREHOUSE_WORK)


def works_in_warehouse(request: HttpRequest) -> bool:
    """Whether they may change orders, pick or pack."""
    return any(map(request.user.has_perm, WAREHOUSE_WORK))


def figures_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may set targets, enter campaigns and take in histories."""
    return _permitted(view, MAY_STEER)


def webhook_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who decide which programs are told of events."""
    return _permitted(view, MAY_TELL)


def erase_action(view: View[Rest]) -> View[Rest]:
    """As `staff_page`, for those who may erase a person."""
    return _permitted(view, MAY_ERASE)


def _permitted(view: View[Rest], *any_of: str) -> View[Rest]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not any(map(request.user.has_perm, any_of)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return staff_page(needing(guarded, *any_of))
