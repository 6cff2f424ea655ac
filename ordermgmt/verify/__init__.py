"""Whether the books are right: every invariant of the shop, checked over all rows, without changing one."""

from ordermgmt.verify.examine import verify
from ordermgmt.verify.report import Check, Report

__all__ = ["Check", "Report", "verify"]
