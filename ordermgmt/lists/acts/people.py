"""Acts on customers, on what comes back from them, and on what they say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from feedback.errors import FeedbackError
from feedback.models import FollowUp, Survey
from feedback.services import take_follow_up
from fulfillment.models import Job, Return
from fulfillment.return_flow import COMING, HERE, ReturnState
from fulfillment.returns.labelling import label_return
from fulfillment.returns.receiving import receive_parcel
from fulfillment.returns.requesting import approve_return, decline_return
from ordermgmt.access import MAY_ACT, MAY_CHANGE_CUSTOMERS, MAY_RETURN, MAY_SEE_VOICES
from ordermgmt.lists.acts.act import Act, NoForm, Otherwise, ReasonForm, Targets, Terms, in_order, what_it_placed
from ordermgmt.people import who_may
from ordermgmt.returns.forms import WhyForm
from orders.customers.blocking import set_blocked
from orders.customers.scoring import override_tier
from orders.errors import CustomerRefused, NotAllowedNow
from orders.models import Customer, CustomerEvent, Tier


class TierOfManyForm(forms.Form):
    """How good all of them are."""

    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices)
    reason = forms.CharField(label=_("Why?"), max_length=200)


class OwnerForm(forms.Form):
    """Who gets back to all of them."""

    owner = forms.ModelChoiceField(
        label=_("Who gets back to them"),
        queryset=User.objects.none(),
        to_field_name="username",
        empty_label=_("Please choose"),
    )

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.fields["owner"].queryset = who_may(MAY_SEE_VOICES, MAY_ACT)  # type: ignore[attr-defined]

    def clean_owner(self) -> str:
        """By name, as the work keeps it."""
        owner: User = self.cleaned_data["owner"]
        return owner.username


def _customers(ids: Sequence[int]) -> Targets:
    return in_order(ids, dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name")))


def _returns(ids: Sequence[int]) -> Targets:
    return in_order(ids, {row.pk: row.rma for row in Return.objects.filter(pk__in=ids).select_related("order")})


def _surveys(ids: Sequence[int]) -> Targets:
    found = Survey.objects.filter(pk__in=ids).values_list("pk", "order__number")
    return in_order(ids, {pk: f"#{number}" for pk, number in found})


def _block(customer_id: int, terms: Terms, by: str) -> None:
    _refuse_not_by(customer_id, terms)
    set_blocked(customer_id, blocked=True, reason=terms["reason"], by=by)


def _unblock(customer_id: int, terms: Terms, by: str) -> None:
    _refuse_not_by(customer_id, terms)
    set_blocked(customer_id, blocked=False, reason=terms["reason"], by=by)


def _refuse_not_by(customer_id: int, terms: Terms) -> None:
    """Of an undoing only who stands as what is undone left them. Raises CustomerRefused."""
    if "placed_by" not in terms:
        return
    changes = CustomerEvent.objects.filter(customer=customer_id, name__in=("customer.blocked", "customer.unblocked"))
    last = changes.order_by("-pk").first()
    if last is None or last.by != terms["placed_by"] or last.at < datetime.fromisoformat(terms["placed_since"]):
        why = gettext("What is taken back did not change whether they are blocked")
        raise CustomerRefused(why, reason="not_by_this")


def _undone(job: Job) -> Terms:
    return {**what_it_placed(job), "reason": f"Taken back: {job.terms['reason']}"[:200]}


def _set_tier(customer_id: int, terms: Terms, by: str) -> None:
    override_tier(customer_id, tier=terms["tier"], reason=terms["reason"], by=by)


def _approve(return_id: int, terms: Terms, by: str) -> None:
    """The label is bought outside of the transaction, since a carrier is asked."""
    approve_return(return_id, by=by)
    label_return(return_id, by=by)


def _decline(return_id: int, terms: Terms, by: str) -> None:
    decline_return(return_id, why=terms["why"], by=by)


def _receive(return_id: int, terms: Terms, by: str) -> None:
    receive_parcel(return_id, by=by)


def _assign(survey_id: int, terms: Terms, by: str) -> None:
    """Raises NotAllowedNow where nobody is unhappy any more."""
    survey = Survey.objects.select_related("order").get(pk=survey_id)
    open_one = FollowUp.objects.filter(order=survey.order_id, done_at=None).first()
    if open_one is None:
        raise NotAllowedNow("assign", survey.order, [gettext("no follow-up of it is open")])
    try:
        take_follow_up(open_one.pk, owner=terms["owner"])
    except FeedbackError as refusal:
        raise NotAllowedNow("assign", survey.order, [str(refusal)]) from refusal


def _of_that_tier(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    """By a person's word, for the same reason."""
    return Q(tier_override=terms["tier"], tier_reason=terms["reason"].strip()) if "tier" in terms else None


def _theirs(terms: Terms, chosen: QuerySet[Any]) -> Q | None:
    return Q(Exists(OPEN_FOLLOW_UPS.filter(owner=terms["owner"]))) if "owner" in terms else None


OPEN_FOLLOW_UPS = FollowUp.objects.filter(order=OuterRef("order"), done_at=None)
GONE = Otherwise(
    _("they were merged into another customer, or are erased"),
    Q(merged_into__isnull=False) | Q(erased_at__isnull=False),
)
LABELLED = [ReturnState.LABELLED, ReturnState.IN_TRANSIT, *HERE]  # an approved one that has no label yet gets it
PEOPLE_ACTS = (
    Act(
        "block-customers",
        _("Block"),
        MAY_CHANGE_CUSTOMERS,
        ReasonForm,
        (GONE, Otherwise(_("they are blocked already"), Q(blocked=True), is_so=True)),
        _customers,
        _block,
        undone_by="unblock-customers",
        undo=_undone,
        is_grave=True,
    ),
    Act(
        "unblock-customers",
        _("Unblock"),
        MAY_CHANGE_CUSTOMERS,
        ReasonForm,
        (GONE, Otherwise(_("nobody blocked them"), Q(blocked=False), is_so=True)),
        _customers,
        _unblock,
        undone_by="block-customers",
        undo=_undone,
    ),
    Act(
        "tier-customers",
        _("Set the tier"),
        MAY_CHANGE_CUSTOMERS,
        TierOfManyForm,
        (GONE, Otherwise(_("they have this tier already, for this reason"), _of_that_tier, is_so=True)),
        _customers,
        _set_tier,
    ),
    Act(
        "approve-returns",
        _("Approve"),
        MAY_RETURN,
        NoForm,
        (
            Otherwise(_("they were approved already"), Q(state__in=LABELLED), is_so=True),
            Otherwise(
                _("they were declined or called off"), ~Q(state__in=[ReturnState.REQUESTED, ReturnState.APPROVED])
            ),
        ),
        _returns,
        _approve,
    ),
    Act(
        "decline-returns",
        _("Decline"),
        MAY_RETURN,
        WhyForm,
        (
            Otherwise(_("they were declined already"), Q(state=ReturnState.DECLINED), is_so=True),
            Otherwise(_("they were decided otherwise"), ~Q(state=ReturnState.REQUESTED)),
        ),
        _returns,
        _decline,
        is_grave=True,
    ),
    Act(
        "receive-returns",
        _("All is here"),
        MAY_RETURN,
        NoForm,
        (
            Otherwise(_("they are here already"), Q(state__in=HERE), is_so=True),
            Otherwise(_("they are not on their way"), ~Q(state__in=COMING)),
        ),
        _returns,
        _receive,
    ),
    Act(
        "assign-follow-ups",
        _("Give the follow-up to"),
        MAY_ACT,
        OwnerForm,
        (
            Otherwise(_("nobody has to get back to them"), ~Q(Exists(OPEN_FOLLOW_UPS))),
            Otherwise(_("it is theirs already"), _theirs, is_so=True),
        ),
        _surveys,
        _assign,
    ),
)
