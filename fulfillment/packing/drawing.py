"""The layers of a packed carton, seen from above, for the packer: one SVG each, looks left to the style sheet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from fulfillment.packing.goods import Filled, Size

MARGIN = 0.02  # around the carton, as a share of its longer side
LARGEST_NUMBER = 0.08  # the height of a number, at most, as a share of the same
NUMBER = 0.5  # and as a share of what it stands on


@dataclass(frozen=True)
class Stack:
    """Equal units on top of each other: put in as the `number`-th; the near corner and the size of all, in mm."""

    number: int
    sku: str
    units: int
    at: Size
    size: Size

    @property
    def place(self) -> str:
        """For the legend."""
        (x, y, _), (width, length, height) = self.at, self.size
        return f"{width} × {length} × {height} mm, {x} mm from the left, {y} mm from the back"


@dataclass(frozen=True)
class Layer:
    """What is put in at one height, in mm above the floor: a drawing, and the stacks that begin there, as numbered."""

    height_mm: int
    svg: str
    stacks: tuple[Stack, ...]


def layers(filled: Filled) -> list[Layer]:
    """From the floor up. What begins further below and reaches into a layer is drawn as being there already."""
    numbered = stacks(filled)
    return [_layer(filled, height, numbered) for height in sorted({stack.at[2] for stack in numbered})]


def stacks(filled: Filled) -> list[Stack]:
    """The carton's units as stacks, numbered in the order in which they are put in."""
    built: list[Stack] = []
    by_top: dict[tuple[str, Size, int, int], int] = {}
    for placed in filled.items:
        (x, y, z), (width, length, height) = placed.at, placed.size
        place = by_top.pop((placed.sku, (x, y, z), width, length), None)
        if place is None or built[place].size[2] % height:
            place = len(built)
            built.append(Stack(0, placed.sku, 1, placed.at, placed.size))
        else:
            stack = built[place]
            built[place] = replace(stack, units=stack.units + 1, size=(width, length, stack.size[2] + height))
        by_top[placed.sku, (x, y, z + height), width, length] = place
    built.sort(key=lambda stack: (stack.at[2], stack.at[1], stack.at[0]))
    return [replace(stack, number=number) for number, stack in enumerate(built, 1)]


def _layer(filled: Filled, height: int, numbered: Sequence[Stack]) -> Layer:
    new = tuple(stack for stack in numbered if stack.at[2] == height)
    below = [stack for stack in numbered if stack.at[2] < height < stack.at[2] + stack.size[2]]
    title = f"{filled.carton.name}, {height} mm above the floor"
    told = "; ".join(f"{stack.number}: {stack.units} × {stack.sku}, {stack.place}" for stack in new)
    width, length, _ = filled.carton.inner
    longer = max(width, length)
    margin, most = round(longer * MARGIN) + 1, round(longer * LARGEST_NUMBER) + 1
    shapes = [
        f'<rect class="packing-carton" x="0" y="0" width="{width}" height="{length}"/>',
        f'<path class="packing-below" d="{"".join(map(_outline, below))}"/>' if below else "",
        *(_rectangle("packing-stack", stack) + _number(stack, most) for stack in new),
    ]
    view = f"{-margin} {-margin} {width + 2 * margin} {length + 2 * margin}"
    svg = (
        f'<svg class="packing-layer" xmlns="http://www.w3.org/2000/svg" viewBox="{view}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>{''.join(shapes)}</svg>"
    )
    return Layer(height, svg, new)


def _outline(stack: Stack) -> str:
    (x, y, _), (width, length, _) = stack.at, stack.size
    return f"M{x} {y}h{width}v{length}h-{width}z"


def _rectangle(css: str, stack: Stack) -> str:
    (x, y, _), (width, length, _) = stack.at, stack.size
    return f'<rect class="{css}" x="{x}" y="{y}" width="{width}" height="{length}"/>'


def _number(stack: Stack, most: int) -> str:
    (x, y, _), (width, length, _) = stack.at, stack.size
    height = max(1, min(most, round(length * NUMBER), round(width * NUMBER)))
    return (
        f'<text class="packing-number" x="{x + width / 2:g}" y="{y + length / 2:g}" font-size="{height}" '
        f'text-anchor="middle" dominant-baseline="central">{stack.number}</text>'
    )
