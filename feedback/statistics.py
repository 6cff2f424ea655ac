"""How sure a share or a difference is: pure functions, each by a published method, all for 95 %.

- Wilson's score interval of a proportion: Wilson (1927), method 3 in Newcombe, Statistics in Medicine 17 (1998) 857.
- The difference of two independent proportions: Newcombe's hybrid score interval, method 10 in Statistics in Medicine
  17 (1998) 873, without continuity correction.
- The difference of two medians: Bonett and Price, Psychological Methods 7 (2002) 370, from order statistics; it asks
  nothing of the distributions but that they are continuous, and at least 5 values on each side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist, median

NORMAL = NormalDist()
Z = NORMAL.inv_cdf(0.975)
FEWEST_FOR_A_MEDIAN = 5


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its interval of 95 %."""

    value: float
    low: float
    high: float

    @property
    def ends(self) -> tuple[float, float, float]:
        """The estimate, then its ends."""
        return self.value, self.low, self.high

    def excludes_zero(self) -> bool:
        """Whether the data carry that there is any effect."""
        return self.low > 0 or self.high < 0

    def is_above(self, other: "Interval") -> bool:
        """Whether the two do not overlap, and this one is the higher."""
        return self.low > other.high


def wilson(cases: int, sample: int) -> Interval:
    """The share of `cases` in `sample`. Raises ValueError without a sample, or for more cases than it has."""
    if sample < 1 or not 0 <= cases <= sample:
        raise ValueError(f"No share: {cases} of {sample}")
    share, squared = cases / sample, Z * Z
    centre = share + squared / (2 * sample)
    reach = Z * sqrt(share * (1 - share) / sample + squared / (4 * sample * sample))
    whole = 1 + squared / sample
    # At the ends the formula is exactly 0 and 1; rounding must not say otherwise.
    low = 0.0 if cases == 0 else (centre - reach) / whole
    high = 1.0 if cases == sample else (centre + reach) / whole
    return Interval(share, low, high)


def difference_of_shares(cases: int, sample: int, other_cases: int, other_sample: int) -> Interval:
    """The first share minus the other, as a share."""
    one, other = wilson(cases, sample), wilson(other_cases, other_sample)
    gap = one.value - other.value
    down = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    up = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Interval(gap, gap - down, gap + up)


def difference_of_medians(values: Sequence[float], others: Sequence[float]) -> Interval:
    """The first median minus the other, in the values' unit. Raises ValueError for fewer than 5 on a side."""
    gap = median(values) - median(others)
    reach = Z * sqrt(median_variance(values) + median_variance(others))
    return Interval(gap, gap - reach, gap + reach)


def interval_of_median(values: Sequence[float]) -> Interval:
    """The median with Bonett and Price's interval. Raises ValueError for fewer than 5."""
    middle, reach = median(values), Z * sqrt(median_variance(values))
    return Interval(middle, middle - reach, middle + reach)


def median_variance(values: Sequence[float]) -> float:
    """Bonett and Price's estimate of a median's variance: half the distance of two order statistics, in deviations."""
    count = len(values)
    if count < FEWEST_FOR_A_MEDIAN:
        raise ValueError(f"{count} values are too few for a median's variance")
    rank = max(1, round((count + 1) / 2 - sqrt(count)))
    outside = _below_half(count, rank - 1)
    ordered = sorted(values)
    return float(((ordered[count - rank] - ordered[rank - 1]) / (2 * NORMAL.inv_cdf(1 - outside))) ** 2)


def _below_half(count: int, most: int) -> float:
    """The chance of at most `most` heads in `count` throws, in whole numbers as long as they last."""
    return float(sum(comb(count, heads) for heads in range(most + 1)) / 2**count)
