"""The figures, computed from the facts: one module each, every one with its formula, its sample and its cuts."""

from kpis.figures.report import FIGURES, parts, report, series, series_by, whole
from kpis.figures.scope import CUTS, Scope

__all__ = ["CUTS", "FIGURES", "Scope", "parts", "report", "series", "series_by", "whole"]
