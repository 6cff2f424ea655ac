"""How far a picker walks by the S-shape rule, to compare with (Roodbergen and de Koster, 2001, for several blocks).

Walk through every aisle that has something to pick, from end to end, and turn around only in the last one of a block.
With several blocks: through the outermost such aisle to the farthest block, then block by block back to the depot.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from fulfillment.picking.layout import Layout


class _Block(NamedTuple):
    """The depths of its ends near to and far from the depot, and by aisle those of its stops."""

    near: float
    far: float
    aisles: dict[int, list[float]]


def s_shape(layout: Layout, stops: Iterable[int]) -> float:
    """Metres of the walk; stops are nodes. It begins at the left or at the right, whichever is shorter.

    Of a depot in the middle, what lies behind it and what lies before it are two walks.
    """
    addresses = sorted({layout.address(stop) for stop in stops}, key=str)
    places = [(aisle, layout.bay_depth(bay), bay) for aisle, bay in addresses if bay]
    blocks: list[_Block] = []
    for cross, (first, last) in enumerate(pairwise(layout.cross_aisles), start=1):
        aisles: dict[int, list[float]] = {}
        for aisle, depth, bay in places:
            if first < bay <= last:
                aisles.setdefault(aisle, []).append(depth)
        blocks.append(_Block(layout.cross_depth(cross), layout.cross_depth(cross + 1), aisles))
    behind = blocks[layout.depot_cross_aisle - 1 :]
    before = [_Block(far, near, aisles) for near, far, aisles in reversed(blocks[: layout.depot_cross_aisle - 1])]
    return _one_side(layout, behind) + _one_side(layout, before)


def _one_side(layout: Layout, blocks: list[_Block]) -> float:
    """Blocks from the depot outwards."""
    while blocks and not blocks[-1].aisles:
        blocks = blocks[:-1]
    aisles = {aisle for block in blocks for aisle in block.aisles}
    return (
        min((_walk(layout, blocks, outermost) for outermost in (min(aisles), max(aisles))), default=0.0)
        if aisles
        else 0.0
    )


def _walk(layout: Layout, blocks: list[_Block], outermost: int) -> float:
    """Out through one aisle, then the farthest block from its near end, then the others from their far ends."""
    *nearer, farthest = blocks
    metres = abs(outermost - layout.depot_aisle) * layout.aisle_m + abs(farthest.near - blocks[0].near)
    here, added = _through(layout, farthest, set(farthest.aisles), here=outermost, at_far_end=False)
    metres += added
    for block in reversed(nearer):
        here, added = _through(layout, block, block.aisles.keys() - {outermost}, here=here, at_far_end=True)
        metres += added
    return metres + abs(here - layout.depot_aisle) * layout.aisle_m


def _through(layout: Layout, block: _Block, aisles: set[int], *, here: int, at_far_end: bool) -> tuple[int, float]:
    """Through some aisles of one block, ending at its near end: the aisle where that is, and the metres."""
    length = abs(block.far - block.near)
    if not aisles:
        return here, length
    order = sorted(aisles, reverse=abs(here - min(aisles)) > abs(here - max(aisles)))
    metres = (abs(here - order[0]) + abs(order[-1] - order[0])) * layout.aisle_m
    *passed, last = order
    metres += len(passed) * length
    if at_far_end == (len(passed) % 2 == 0):
        return last, metres + length
    return last, metres + 2 * max(abs(depth - block.near) for depth in block.aisles[last])
