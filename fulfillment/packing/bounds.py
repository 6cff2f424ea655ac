"""What can be said without loading: cartons that cannot hold the goods, whatever the loader tries. Pure."""

from collections.abc import Sequence
from itertools import product

from fulfillment.packing.goods import Size
from fulfillment.packing.loading import Hold, Kind

WHOLE = 1 << 20  # one carton, in the shares that are compared


def may_hold(holds: Sequence[Hold], kinds: Sequence[Kind]) -> bool:
    """False only if these cartons cannot take all of it."""
    if sum(hold.volume for hold in holds) < sum(kind.count * kind.volume for kind in kinds):
        return False
    if sum(hold.room_g for hold in holds) < sum(kind.count * kind.weight_g for kind in kinds):
        return False
    return _enough_of_each(holds, kinds) and _enough_large_ones(holds, kinds) and not _overfull(holds, kinds)


def most_of(hold: Hold, kind: Kind) -> int:
    """No more units of a kind than this go into a carton."""
    if not hold.takes(kind):
        return 0
    by_volume = hold.volume // kind.volume
    return min(by_volume, hold.room_g // kind.weight_g) if kind.weight_g else by_volume


def _enough_of_each(holds: Sequence[Hold], kinds: Sequence[Kind]) -> bool:
    """Each kind by itself finds places enough."""
    return all(sum(most_of(hold, kind) for hold in holds) >= kind.count for kind in kinds)


def _enough_large_ones(holds: Sequence[Hold], kinds: Sequence[Kind]) -> bool:
    """Goods that only go into some of the cartons find volume and weight enough in these."""
    fitting = [frozenset(number for number, hold in enumerate(holds) if hold.takes(kind)) for kind in kinds]
    for some in set(fitting):
        bound = [kind for kind, fits in zip(kinds, fitting, strict=True) if fits <= some]
        if sum(kind.count * kind.volume for kind in bound) > sum(holds[number].volume for number in some):
            return False
        if sum(kind.count * kind.weight_g for kind in bound) > sum(holds[number].room_g for number in some):
            return False
    return True


def _overfull(holds: Sequence[Hold], kinds: Sequence[Kind]) -> bool:
    """Dual feasible functions (Fekete & Schepers 2004): sides above half of the carton's count as all of it.

    No two such sides stand beside each other, so a unit may be thought that much larger. It takes at least the
    smallest share it would take in any turn and any of the cartons.
    """
    kinds_of_holds = set(holds)
    for halved in product((False, True), repeat=3):
        needed = 0
        for kind in kinds:
            taking = [hold.inner for hold in kinds_of_holds if kind.weight_g <= hold.room_g]
            shares = [_share(inner, turn, halved) for inner in taking for turn in kind.turns_in(inner)]
            needed += kind.count * min(shares, default=0)
        if needed > WHOLE * len(holds):
            return True
    return False


def _share(inner: Size, turn: Size, halved: Sequence[bool]) -> int:
    """The share of the carton's volume, rounded down, in units of 1 / WHOLE."""
    taken = whole = 1
    for side, most, rounds in zip(turn, inner, halved, strict=True):
        # Above half counts as the whole, half as itself, less as nothing.
        taken *= (most if 2 * side > most else side if 2 * side == most else 0) if rounds else side
        whole *= most
    return WHOLE * taken // whole
