"""The figures, computed from the facts: one module each, every one with its formula, its sample and its cuts."""

from kpis.figures.report import report
from kpis.figures.scope import CUTS, Scope

__all__ = ["CUTS", "Scope", "report"]
