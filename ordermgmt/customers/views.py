"""The page of one customer, the blocked list, and what is held of a person as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from ordermgmt.access import MAY_CHANGE_CUSTOMERS, MAY_ERASE, customer_action, people_page, sees_money
from ordermgmt.customers.customer_page import CustomerPage, customer_page
from ordermgmt.customers.erasing import export_person
from ordermgmt.customers.forms import BlockForm, EraseForm, MarkForm, MergeForm, ReasonForm, TierForm
from orders.models import Blocked, Customer

BLOCKED_SHOWN = 100


@require_safe
@people_page
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Everything about one customer; a duplicate's page is its survivor's."""
    row = get_object_or_404(Customer, pk=customer_id)
    if row.merged_into_id is not None:
        return redirect("customer", customer_id=row.merged_into_id)
    return show_customer(request, customer_page(row))


@require_safe
@people_page
def blocked(request: HttpRequest) -> HttpResponse:
    """Whom the shop does not serve."""
    return show_blocked(request, MarkForm())


@require_safe
@customer_action
def export(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What is held of the person, to be handed to them."""
    row = known_customer(customer_id)
    name = f'attachment; filename="customer-{row.pk}.json"'
    shape = {"indent": 2, "ensure_ascii": False}
    return JsonResponse(export_person(row.pk), json_dumps_params=shape, headers={"Content-Disposition": name})


def known_customer(customer_id: int) -> Customer:
    """404 for who was merged or erased: nothing more is done with them."""
    return get_object_or_404(Customer, pk=customer_id, merged_into=None, erased_at=None)


def show_customer(request: HttpRequest, page: CustomerPage, *, status: int = 200, **faulty: Any) -> HttpResponse:
    """The page, with forms that came back with faults in place of the empty ones."""
    row = page.customer
    context = {
        "page": page,
        "customer": row,
        "may_change": request.user.has_perm(MAY_CHANGE_CUSTOMERS),
        "sees_money": sees_money(request),
        "may_erase": request.user.has_perm(MAY_ERASE),
        "tier_form": TierForm(customer=row),
        "merge_form": MergeForm(email=request.GET.get("merge", "")),
        "block_form": BlockForm(marks=page.marks),
        "unblock_form": ReasonForm(),
        "erase_form": EraseForm(customer=row),
        **faulty,
    }
    return render(request, "customers/customer_detail.html", context, status=status)


def show_blocked(request: HttpRequest, form: MarkForm, *, status: int = 200) -> HttpResponse:
    """The list, with the form to add to it."""
    may_change = request.user.has_perm(MAY_CHANGE_CUSTOMERS)
    customers = list(Customer.objects.filter(blocked=True, merged_into=None, erased_at=None)[: BLOCKED_SHOWN + 1])
    context = {
        "entries": Blocked.objects.order_by("-pk"),
        "customers": customers[:BLOCKED_SHOWN],
        "more": len(customers) > BLOCKED_SHOWN,
        "form": form,
        "may_change": may_change,
    }
    return render(request, "customers/blocked_list.html", context, status=status)
