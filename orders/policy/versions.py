"""The policies of the channels, version by version: the newest one holds, and none is ever changed."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from orders.errors import PolicyChanged
from orders.models import ApprovalPolicy, Channel
from orders.policy.checks import BY_NAME
from orders.policy.decision import DEFAULT
from orders.policy.rules import Policy, Rule


def policy_of(channel_id: int) -> Policy:
    """The one that holds in the channel; where nobody has saved one, the program's own."""
    newest = ApprovalPolicy.objects.filter(channel=channel_id).order_by("-version").first()
    return read(newest) if newest else DEFAULT


def policies_of(channel_ids: Collection[int]) -> dict[int, Policy]:
    """The same for several, in one statement."""
    rows = (
        ApprovalPolicy.objects.filter(channel__in=channel_ids).order_by("channel_id", "-version").distinct("channel_id")
    )
    return dict.fromkeys(channel_ids, DEFAULT) | {row.channel_id: read(row) for row in rows}


def read(row: ApprovalPolicy) -> Policy:
    """A version as it was saved; a check that is newer than it is asked as by default."""
    return Policy(
        version=row.version,
        rules=rules_of(row.checks),
        trusted_tiers=tuple(row.trusted_tiers),
        second_person_above=row.second_person_above,
    )


def rules_of(kept: Mapping[str, Any]) -> dict[str, Rule]:
    """Every check's rule, from their JSON by name."""
    return {name: Rule.from_json(kept.get(name, {}), question.default) for name, question in BY_NAME.items()}


def save_policy(channel: Channel, policy: Policy, *, note: str, by: str) -> ApprovalPolicy:
    """Make `policy` the channel's next version; its `version` is the one that was looked at.

    Raises PolicyChanged when somebody else has saved another one in the meantime.
    """
    newest = policy_of(channel.pk).version
    if newest != policy.version:
        raise PolicyChanged(newest)
    rules = {name: policy.rules.get(name, question.default) for name, question in BY_NAME.items()}
    try:
        with transaction.atomic():
            return ApprovalPolicy.objects.create(
                channel=channel,
                version=newest + 1,
                checks={name: rule.to_json() for name, rule in rules.items()},
                trusted_tiers=sorted(policy.trusted_tiers),
                second_person_above=policy.second_person_above,
                note=note,
                by=by,
            )
    except IntegrityError as taken:
        raise PolicyChanged(newest + 1) from taken
