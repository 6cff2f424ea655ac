"""The walk through the nine stages: what people say beside what the data say, ranked by what it costs."""

from dataclasses import dataclass

from feedback.models import StageAssessment
from ordermgmt.feedback.stage_facts import StageFacts, stage_facts
from orders.flow import STAGES, Stage

WORST, BEST = 1, 5


@dataclass(frozen=True)
class StageCard:
    """One stage from both sides. `said` is None until somebody has assessed it."""

    stage: Stage
    facts: StageFacts
    said: StageAssessment | None

    @property
    def how(self) -> str:
        """As people say, else as the data show."""
        return self.said.how if self.said else self.facts.how

    @property
    def how_label(self) -> str:
        """In words."""
        return str(StageAssessment.How(self.how).label)

    @property
    def contradicts(self) -> bool:
        """People say one thing, the data another."""
        return bool(self.said and self.facts.sample and self.said.how != self.facts.how)

    @property
    def said_cost(self) -> int:
        """The orders that people name, times how far the stage is from working well: 0 to 4."""
        return self.said.trouble_orders * (BEST - self.said.works) if self.said else 0

    @property
    def cost(self) -> int:
        """Both together."""
        return self.facts.cost + self.said_cost


@dataclass(frozen=True)
class Assessment:
    """All nine in order, and the areas that cost something, the dearest first."""

    cards: tuple[StageCard, ...]

    @property
    def areas(self) -> tuple[StageCard, ...]:
        """Ranked by cost; equal ones in the order of the stages."""
        return tuple(sorted((card for card in self.cards if card.cost), key=lambda card: -card.cost))


def assessment() -> Assessment:
    """Read it all, in five queries."""
    said = {row.stage: row for row in StageAssessment.objects.all()}
    facts = stage_facts()
    return Assessment(tuple(StageCard(stage, facts[stage.verb], said.get(stage.verb)) for stage in STAGES))
