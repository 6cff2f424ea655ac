"""What people say of the stages, and what they do about an area."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from feedback.errors import NotUnderWay
from feedback.models import Finding, ImprovementAction, StageAssessment
from inventory import clock


@dataclass(frozen=True)
class Said:
    """How a stage is done, how well from 1 to 5, and what trouble it made to how many orders."""

    how: str
    works: int
    trouble: str = ""
    trouble_orders: int = 0


@dataclass(frozen=True)
class Plan:
    """What is to be done, by whom, until when, and which figure it should move to which target."""

    title: str
    stage: str
    owner: str
    due_on: date
    kpi: str
    target: float
    finding: Finding | None = None
    narrowed: Mapping[str, str] = field(default_factory=dict)


def assess_stage(stage: str, said: Said, *, by: str) -> StageAssessment:
    """Keep what people say of a stage; it replaces what was said before."""
    told = {"how": said.how, "works": said.works, "trouble": said.trouble, "trouble_orders": said.trouble_orders}
    row, _ = StageAssessment.objects.update_or_create(stage=stage, defaults={**told, "by": by, "at": clock.now()})
    return row


def open_action(plan: Plan, *, by: str) -> ImprovementAction:
    """Write down what will be done. From a finding it is narrowed to what that is about."""
    return ImprovementAction.objects.create(
        title=plan.title,
        stage=plan.stage,
        finding=plan.finding,
        owner=plan.owner,
        due_on=plan.due_on,
        kpi=plan.kpi,
        target=plan.target,
        narrowed=dict(plan.finding.narrowed if plan.finding else plan.narrowed),
        opened_at=clock.now(),
        opened_by=by,
    )


def start_action(action_id: int, *, on: date) -> ImprovementAction:
    """It is in force from that day: the figure is measured before and after it. Raises NotUnderWay when closed."""
    if not ImprovementAction.objects.filter(pk=action_id, closed_at=None).update(started_on=on):
        raise NotUnderWay(_("This action is closed"))
    return ImprovementAction.objects.get(pk=action_id)


def close_action(action_id: int, *, outcome: str) -> ImprovementAction:
    """Nothing more is done about it; `outcome` says what came of it. Raises NotUnderWay when closed already."""
    open_row = ImprovementAction.objects.filter(pk=action_id, closed_at=None)
    if not open_row.update(closed_at=clock.now(), outcome=outcome):
        raise NotUnderWay(_("This action is closed already"))
    return ImprovementAction.objects.get(pk=action_id)
