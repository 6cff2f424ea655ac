"""The second check: what a packed carton should weigh against what the scale says. Pure."""

from dataclasses import dataclass

TOLERANCE_SHARE, TOLERANCE_G = 0.02, 20  # catalogue weights are rounded; tape, labels and scales have their own


@dataclass(frozen=True)
class Verdict:
    """Grams by which the scale is above what was expected, or below it, and how many are tolerated."""

    off_by_g: int
    tolerated_g: int

    @property
    def is_right(self) -> bool:
        """Within the tolerance, its limit included."""
        return abs(self.off_by_g) <= self.tolerated_g


def weight_verdict(expected_g: int, *, scale_g: int) -> Verdict:
    """Gross weights in grams. The tolerance is 2 % of what was expected, and never less than 20 g."""
    return Verdict(scale_g - expected_g, max(TOLERANCE_G, round(expected_g * TOLERANCE_SHARE)))
