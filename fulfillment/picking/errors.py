"""What is wrong with a warehouse, its stops or its orders; each message names the entry."""


class PlanningError(Exception):
    """Something that cannot be planned."""


class BadInstance(PlanningError):
    """An entry is missing, or is not of the kind or size it has to be."""


class UnknownNode(PlanningError):
    """A stop or the depot is not a place of this warehouse."""


class Unreachable(PlanningError):
    """No way leads from the depot to a stop."""


class TooHeavy(PlanningError):
    """One order alone is more than a tour may carry."""
