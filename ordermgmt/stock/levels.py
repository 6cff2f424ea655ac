"""A stock drawn as one bar: what is promised, what is free, what is kept back, and what is owed beyond it."""

from dataclasses import dataclass

WIDTH = 100.0


@dataclass(frozen=True)
class Segment:
    """One part of a bar, from `x` on, in hundredths of its width; `look` names its colour."""

    look: str
    x: float
    width: float


def level(on_hand: int, reserved: int, *, kept: int, most: int) -> tuple[Segment, ...]:
    """The bar of one stock on a scale that ends at `most` units; parts without units are left out."""
    promised = min(on_hand, reserved)
    kept = min(kept, on_hand - promised)
    units = (
        ("promised", promised),
        ("free", on_hand - promised - kept),
        ("kept", kept),
        ("owed", max(0, reserved - on_hand)),
    )
    drawn, x = [], 0.0
    for look, count in units:
        if count:
            width = count / most * WIDTH
            drawn.append(Segment(look, round(x, 2), round(width, 2)))
            x += width
    return tuple(drawn)
