"""The figures, computed from the facts: one module each, every one with its formula, its sample and its cuts."""

from kpis.figures.report import FIGURES, in_brief, parts, report, series, series_by, whole
from kpis.figures.scope import CUTS, Scope

__all__ = ["CUTS", "FIGURES", "Scope", "in_brief", "parts", "report", "series", "series_by", "whole"]
