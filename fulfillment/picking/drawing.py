"""A walk on the map of its warehouse, as SVG.

Colours and widths come from the stylesheet, by the classes `bays`, `walk`, `depot` and `stop`; lengths are metres.
"""

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from fulfillment.picking.layout import Layout
from fulfillment.picking.routes import Route

MARGIN_M = 1.5
# Half the width of the way in an aisle, as a share of the distance between aisles.
HALF_WAY = 0.2
Point = tuple[float, float]


def drawn_route(layout: Layout, route: Route, *, title: str) -> str:
    """The shelves from above with the front below, the walk, and the stops numbered as they are visited."""
    right = (layout.aisles - 1) * layout.aisle_m + MARGIN_M
    top = layout.cross_depth(len(layout.cross_aisles)) + MARGIN_M
    box = (-MARGIN_M, -top, right + MARGIN_M, top + MARGIN_M)
    told = f"{len(route.order)} stops, {route.distance:.1f} m"
    if route.saved is not None:
        told += f", {route.saved:.1f} m less than by the S-shape"
    size = _mark_size(layout)
    parts = [
        f'<svg class="route-map" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="{_numbers(box)}">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(told)}.</desc>",
        *_shelves(layout),
        f'<path class="walk" fill="none" d="{_path(layout, route.path)}"/>',
        _depot(layout, size),
        *(_stop(layout, stop, number, size) for number, stop in enumerate(route.order, start=1)),
        "</svg>",
    ]
    return "\n".join(parts)


def _mark_size(layout: Layout) -> float:
    return max(0.4, min(layout.aisle_m * HALF_WAY, 1.5))


def _shelves(layout: Layout) -> list[str]:
    """Left and right of each aisle, block by block."""
    deep = layout.aisle_m * (0.5 - HALF_WAY)
    drawn = []
    for cross in range(1, len(layout.cross_aisles)):
        near = layout.cross_depth(cross) + layout.cross_m / 2
        far = layout.cross_depth(cross + 1) - layout.cross_m / 2
        for aisle in range(layout.aisles):
            for left in (
                aisle * layout.aisle_m - layout.aisle_m / 2,
                aisle * layout.aisle_m + layout.aisle_m * HALF_WAY,
            ):
                place = f'x="{left:g}" y="{-far:g}" width="{deep:g}" height="{far - near:g}"'
                drawn.append(f'<rect class="bays" {place}/>')
    return drawn


def _path(layout: Layout, nodes: Sequence[int]) -> str:
    """Straight stretches as one line each."""
    points = [_at(layout, node) for node in nodes]
    bends = [points[i] for i in range(1, len(points) - 1) if not _straight(*points[i - 1 : i + 2])]
    corners = [points[0], *bends, *points[1:][-1:]]
    return "M" + " L".join(_numbers(point) for point in corners)


def _straight(before: Point, here: Point, after: Point) -> bool:
    """Whether the walk goes on in the same direction."""
    (dx, dy), (ex, ey) = ((b[0] - a[0], b[1] - a[1]) for a, b in pairwise((before, here, after)))
    return abs(dx * ey - dy * ex) < 1e-9 and dx * ex + dy * ey >= 0


def _depot(layout: Layout, size: float) -> str:
    x, y = _at(layout, layout.depot)
    return f'<rect class="depot" x="{x - size:g}" y="{y - size:g}" width="{2 * size:g}" height="{2 * size:g}"/>'


def _stop(layout: Layout, node: int, number: int, size: float) -> str:
    x, y = _at(layout, node)
    words = f'text-anchor="middle" dominant-baseline="central" font-size="{1.2 * size:g}"'
    return (
        f'<g class="stop" transform="translate({_numbers((x, y))})">'
        f'<circle r="{size:g}"/><text {words}>{number}</text></g>'
    )


def _at(layout: Layout, node: int) -> Point:
    """Where it is on the map, which grows downwards."""
    x, depth = layout.point(node)
    return x, -depth


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:g}" for value in values)
