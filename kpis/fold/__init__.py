"""From history to facts: folded as it settles, thrown away and made again on demand, and compared."""

from kpis.fold.folding import FoldedBatch, fold, fold_all
from kpis.fold.rebuilding import Difference, check, rebuild

__all__ = ["Difference", "FoldedBatch", "check", "fold", "fold_all", "rebuild"]
