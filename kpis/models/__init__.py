"""The tables of the figures: facts folded from history, imported histories, briefs, campaigns, targets."""

from kpis.models.briefs import Brief
from kpis.models.calendar import Campaign, Incident, Target
from kpis.models.facts import LineFact, OrderFact, ReturnFact
from kpis.models.folding import FoldCursor
from kpis.models.imports import HistoryChunk, HistoryImport, HistoryRow

__all__ = [
    "Brief",
    "Campaign",
    "FoldCursor",
    "HistoryChunk",
    "HistoryImport",
    "HistoryRow",
    "Incident",
    "LineFact",
    "OrderFact",
    "ReturnFact",
    "Target",
]
