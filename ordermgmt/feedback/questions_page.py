"""What the page of a channel's question set shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from feedback.models import QuestionSet
from feedback.question_sets import DEFAULT, Questionnaire, read
from orders.models import Channel


@dataclass(frozen=True)
class QuestionsPage:
    """A version of a channel's questions; `newest` is the one that holds, 0 the program's own."""

    channel: Channel
    channels: Sequence[Channel]
    versions: Sequence[QuestionSet]
    shown: Questionnaire

    @property
    def newest(self) -> int:
        return self.versions[0].version if self.versions else 0

    @property
    def is_old(self) -> bool:
        return self.shown.version != self.newest


def questions_page(code: str, *, version: int | None) -> QuestionsPage:
    """The channel's questions as of `version`, or as they hold.

    Raises Channel.DoesNotExist and QuestionSet.DoesNotExist.
    """
    channels = list(Channel.objects.order_by("code"))
    channel = next((row for row in channels if row.code == code), None)
    if channel is None:
        raise Channel.DoesNotExist
    versions = list(QuestionSet.objects.filter(channel=channel).order_by("-version"))
    if version is None:
        return QuestionsPage(channel, channels, versions, read(versions[0] if versions else None))
    if version == 0:
        return QuestionsPage(channel, channels, versions, DEFAULT)
    row = next((row for row in versions if row.version == version), None)
    if row is None:
        raise QuestionSet.DoesNotExist
    return QuestionsPage(channel, channels, versions, read(row))
