"""What is wrong with a warehouse, its stops or its orders; each message names the entry."""


class PlanningError(Exception):
    """Something that cannot be planned; `code` never changes once released."""

    code = "planning_refused"


class BadInstance(PlanningError):
    """An entry is missing, or is not of the kind or size it has to be."""

    code = "bad_instance"


class UnknownNode(PlanningError):
    """A stop or the depot is not a place of this warehouse."""

    code = "unknown_node"


class Unreachable(PlanningError):
    """No way leads from the depot to a stop."""

    code = "unreachable"


class TooHeavy(PlanningError):
    """One order alone is more than a tour may carry."""

    code = "too_heavy"
