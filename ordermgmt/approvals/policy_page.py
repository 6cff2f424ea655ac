"""The page of one channel's policy: its rules in a form, what a change would have done, and its versions."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.wording import Words
from ordermgmt.approvals.decision_card import TONES
from ordermgmt.phrases import counted, inside
from orders.models import ApprovalPolicy, Channel, Decision
from orders.policy import DEFAULT, Policy
from orders.policy.dry_run import Change, DryRun
from orders.policy.versions import read

CHANGES_SHOWN, VERSIONS_SHOWN = 50, 30
LABELS = dict(Decision.Outcome.choices)


@dataclass(frozen=True)
class Count:
    """How many orders come to one outcome, before and after."""

    label: str
    tone: str
    before: int
    after: int


@dataclass(frozen=True)
class ChangeRow:
    """One order that would be decided otherwise."""

    change: Change

    @property
    def was(self) -> tuple[Words, str]:
        """The outcome's word and colour."""
        return LABELS[self.change.was], TONES[self.change.was]

    @property
    def becomes(self) -> tuple[Words, str]:
        """The same of what it would come to."""
        return LABELS[self.change.becomes], TONES[self.change.becomes]


@dataclass(frozen=True)
class Trial:
    """A dry run for people."""

    run: DryRun

    @property
    def counts(self) -> list[Count]:
        """Outcome by outcome."""
        return [
            Count(str(label), TONES[name], self.run.before.get(name, 0), self.run.after.get(name, 0))
            for name, label in LABELS.items()
        ]

    @property
    def sentence(self) -> str:
        """12 of 200 decisions would change: 9 from approved to held, 3 from held to approved."""
        examined = counted(self.run.examined, "decision")
        if not self.run.changes:
            return _("None of {examined} would change").format(examined=examined)
        moves = [
            _("{n} from {labels} to {labels_2}").format(
                n=n, labels=inside(str(LABELS[a])), labels_2=inside(str(LABELS[b]))
            )
            for (a, b), n in self.run.moves.items()
        ]
        return _("{changes} of {examined} would change: {moves}").format(
            changes=len(self.run.changes), examined=examined, moves=", ".join(moves)
        )

    @property
    def rows(self) -> list[ChangeRow]:
        """The newest changes."""
        return [ChangeRow(change) for change in self.run.changes[:CHANGES_SHOWN]]

    @property
    def rest(self) -> int:
        """How many changes are not shown."""
        return max(0, len(self.run.changes) - CHANGES_SHOWN)


@dataclass(frozen=True)
class PolicyPage:
    """The channel's policy as it holds, the version that is looked at, and all that there were, the newest first."""

    channel: Channel
    channels: tuple[Channel, ...]
    shown: Policy
    newest: int
    versions: tuple[ApprovalPolicy, ...]

    @property
    def is_old(self) -> bool:
        """Whether another version holds than the one that is looked at."""
        return self.shown.version != self.newest


def policy_page(code: str, *, version: int | None = None) -> PolicyPage:
    """In two queries; raises Channel.DoesNotExist or ApprovalPolicy.DoesNotExist."""
    channels = tuple(Channel.objects.all())
    channel = next((row for row in channels if row.code == code), None)
    if channel is None:
        raise Channel.DoesNotExist
    versions = tuple(ApprovalPolicy.objects.filter(channel=channel).order_by("-version"))
    policies = {row.version: read(row) for row in versions} | {DEFAULT.version: DEFAULT}
    newest = versions[0].version if versions else DEFAULT.version
    chosen = newest if version is None else version
    if chosen not in policies:
        raise ApprovalPolicy.DoesNotExist
    return PolicyPage(channel, channels, policies[chosen], newest, versions[:VERSIONS_SHOWN])
