"""The approval policy over the API: what a channel asks, what a change would do, and every decision with reasons."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orders.api.answers import moment
from orders.api.endpoint import Endpoint, refusing
from orders.api.orders import own_order
from orders.api.requests import MoneyField, Strict, checked
from orders.authentication import caller
from orders.models import Decision, Tier
from orders.money import plain
from orders.policy import BY_NAME, Outcome, Policy, Rule, faults
from orders.policy.dry_run import MOST, DryRun, dry_run
from orders.policy.versions import policy_of, rules_of, save_policy

OUTCOMES = [(word.value, word.value) for word in (Outcome.NOTE, Outcome.HOLD, Outcome.REJECT)]


class RuleSerializer(Strict):
    """How one check is asked; what is left out is as the program asks it."""

    asked = serializers.BooleanField(required=False)
    outcome = serializers.ChoiceField(choices=OUTCOMES, required=False, help_text="What a failure means.")
    threshold = MoneyField(required=False, allow_null=True, help_text="The last value that passes.")
    within = serializers.IntegerField(
        required=False, allow_null=True, help_text="Minutes or hours, as the check has it."
    )
    trusted = serializers.BooleanField(required=False, help_text="Whether trusted tiers pass.")


class RulesSerializer(Strict):
    """What a policy asks of an order."""

    checks = serializers.DictField(child=RuleSerializer(), help_text="By name; a check left out is asked by default.")
    trusted_tiers = serializers.ListField(child=serializers.ChoiceField(choices=Tier.choices), default=["A"])
    second_person_above = MoneyField(
        required=False, allow_null=True, help_text="Holds of orders above this total take two people."
    )

    def validate_checks(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Known names, and rules that can be meant."""
        found: dict[str, Any] = {}
        for name, given in value.items():
            if name not in BY_NAME:
                found[name] = [serializers.ErrorDetail("There is no such check.", "unknown_check")]
                continue
            wrong = faults(BY_NAME[name], Rule.from_json(given, BY_NAME[name].default))
            if wrong:
                found[name] = {field: [serializers.ErrorDetail(said, "invalid")] for field, said in wrong.items()}
        if found:
            raise serializers.ValidationError(found)
        return value


class PolicyRequestSerializer(RulesSerializer):
    """A policy to put in the place of the one that holds."""

    version = serializers.IntegerField(min_value=0, help_text="The version that you looked at.")
    note = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="What was changed, and why.")


class DryRunRequestSerializer(RulesSerializer):
    """A policy to try."""

    last = serializers.IntegerField(min_value=1, max_value=MOST, default=200, help_text="On how many orders.")


class PolicySerializer(serializers.Serializer[Any]):
    """The policy that holds in the channel."""

    version = serializers.IntegerField(help_text="0: the program's own.")
    checks = serializers.DictField(child=RuleSerializer())
    trusted_tiers = serializers.ListField(child=serializers.CharField())
    second_person_above = MoneyField(allow_null=True)


class ChangeSerializer(serializers.Serializer[Any]):
    """An order that would be decided otherwise."""

    number = serializers.IntegerField()
    total = MoneyField()
    was = serializers.CharField()
    because = serializers.CharField(help_text="What the decision said.")
    becomes = serializers.CharField()
    why = serializers.CharField(help_text="What it would say.")


class DryRunSerializer(serializers.Serializer[Any]):
    """What a policy would have decided of the last orders."""

    examined = serializers.IntegerField()
    before = serializers.DictField(child=serializers.IntegerField(), help_text="Orders by outcome, as decided.")
    after = serializers.DictField(child=serializers.IntegerField(), help_text="The same by this policy.")
    changes = ChangeSerializer(many=True)


class CheckSerializer(serializers.Serializer[Any]):
    """One check and what it found."""

    name = serializers.CharField()
    passed = serializers.BooleanField()
    value = serializers.CharField()
    threshold = serializers.CharField()
    outcome = serializers.CharField(help_text="What its failure means.")
    sentence = serializers.CharField()
    skipped = serializers.BooleanField(help_text="It failed, and the customer is trusted.")
    overruled = serializers.BooleanField(help_text="It failed, and somebody answers for it.")


class DecisionSerializer(serializers.Serializer[Any]):
    """One answer to whether the order is trusted."""

    at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=Decision.Outcome.choices)
    why = serializers.CharField()
    policy_version = serializers.IntegerField()
    by = serializers.CharField()
    checks = CheckSerializer(many=True)
    facts = serializers.DictField(help_text="All that was known.")


class DecisionsSerializer(serializers.Serializer[Any]):
    """All of an order, the newest first."""

    results = DecisionSerializer(many=True)


class PolicyView(Endpoint):
    """`/api/v1/policy/`"""

    scopes: ClassVar = {"GET": "orders:approve", "PUT": "orders:approve"}

    @extend_schema(
        operation_id="policy_show",
        summary="Show the approval policy",
        description="The one that holds in the key's channel, with every check.",
        responses={200: PolicySerializer, **refusing()},
        tags=["policy"],
    )
    def get(self, request: Request) -> Response:
        """As it holds now."""
        return Response(_shown(policy_of(caller(request).channel.pk), caller(request).channel.currency))

    @extend_schema(
        operation_id="policy_save",
        summary="Save another approval policy",
        description="Becomes the next version and holds from the next decision on; earlier versions stay on record. "
        "Refused with 409 `policy_changed` when somebody has saved another one since `version`.",
        request=PolicyRequestSerializer,
        responses={200: PolicySerializer, **refusing(400, 409, 413, 415)},
        tags=["policy"],
    )
    def put(self, request: Request) -> Response:
        """The next version."""
        given, who = checked(PolicyRequestSerializer, request.data), caller(request)
        save_policy(who.channel, _policy(given, version=given["version"]), note=given["note"], by=who.name)
        return Response(_shown(policy_of(who.channel.pk), who.channel.currency))


class DryRunView(Endpoint):
    """`/api/v1/policy/dry-run/`"""

    scopes: ClassVar = {"POST": "orders:approve"}

    @extend_schema(
        operation_id="policy_dry_run",
        summary="Try an approval policy",
        description="Decides the channel's last orders again by what was known when they were first decided. "
        "Nothing is written.",
        request=DryRunRequestSerializer,
        responses={200: DryRunSerializer, **refusing(400, 413, 415)},
        tags=["policy"],
    )
    def post(self, request: Request) -> Response:
        """Which decisions would change."""
        given = checked(DryRunRequestSerializer, request.data)
        return Response(_run(dry_run(_policy(given), channel_id=caller(request).channel.pk, last=given["last"])))


class DecisionsView(Endpoint):
    """`/api/v1/orders/{number}/decisions/`"""

    scopes: ClassVar = {"GET": "orders:approve"}

    @extend_schema(
        operation_id="orders_decisions",
        summary="Show why an order is trusted, held or rejected",
        responses={200: DecisionsSerializer, **refusing(404)},
        tags=["policy"],
    )
    def get(self, request: Request, number: int) -> Response:
        """Every decision, the newest first."""
        rows = own_order(request, number).decisions.order_by("-pk")
        return Response({"results": [_decision(row) for row in rows]})


def _policy(given: Mapping[str, Any], *, version: int = 0) -> Policy:
    return Policy(
        version=version,
        rules=rules_of(given["checks"]),
        trusted_tiers=tuple(given["trusted_tiers"]),
        second_person_above=given.get("second_person_above"),
    )


def _shown(policy: Policy, currency: str) -> dict[str, Any]:
    limit = policy.second_person_above
    return {
        "version": policy.version,
        "checks": {name: policy.rules.get(name, row.default).to_json() for name, row in BY_NAME.items()},
        "trusted_tiers": list(policy.trusted_tiers),
        "second_person_above": None if limit is None else plain(limit, currency),
    }


def _run(run: DryRun) -> dict[str, Any]:
    named = ("number", "was", "because", "becomes", "why")
    changes = [
        {**{name: getattr(row, name) for name in named}, "total": plain(row.total, row.currency)} for row in run.changes
    ]
    return {"examined": run.examined, "before": dict(run.before), "after": dict(run.after), "changes": changes}


def _decision(row: Decision) -> dict[str, Any]:
    named = ("outcome", "why", "policy_version", "by", "checks", "facts")
    return {**{name: getattr(row, name) for name in named}, "at": moment(row.at)}
