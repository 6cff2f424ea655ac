"""What part of a walk looks like from the junctions where it can still grow.

A state is one byte per junction of the frontier: 0 untouched, else twice the number of the part it belongs to, plus
one when an odd number of ways meets there. Parts are numbered from 1 as they appear. 255 everywhere: the walk is
closed. With two junctions these are the seven classes of Ratliff and Rosenthal (1983); with one per cross aisle those
of Roodbergen and de Koster (2001).
"""

from enum import IntEnum

CLOSED = 255

# Translates a state into which of its junctions are odd.
ODD = bytes(part % 2 if part != CLOSED else 0 for part in range(256))


class Use(IntEnum):
    """How a link is walked: not at all, through once or twice, or in and out from `a`, `b` or both of them."""

    NOT = 0
    ONCE = 1
    TWICE = 2
    FROM_A = 3
    FROM_B = 4
    FROM_BOTH = 5


class Moves(dict[bytes, bytes | None]):
    """From each state to the one after a step; None where the step is impossible or never pays. Filled when asked.

    The step walks a link between the junctions at places `a` and `b` of the frontier, new ones being appended, and
    then leaves some junctions for good: their places, and whether each has to have been visited.
    """

    def __init__(self, a: int, b: int, use: Use, left: tuple[tuple[int, bool], ...]) -> None:
        super().__init__()
        self.a, self.b, self.use, self.left = a, b, use, left

    def __missing__(self, state: bytes) -> bytes | None:
        after = self._used(state)
        for place, required in self.left:
            after = None if after is None else _left(after, place, required)
        self[state] = after
        return after

    def parity(self, odd: bytes) -> bytes | None:
        """The same for a walk that may be in pieces, of which only the odd junctions are known."""
        odds = bytearray(odd.ljust(max(self.a, self.b) + 1, b"\0"))
        if self.use is Use.ONCE:
            odds[self.a] ^= 1
            odds[self.b] ^= 1
        return None if any(odds.pop(place) for place, _ in self.left) else bytes(odds)

    def _used(self, state: bytes) -> bytes | None:
        """A part that is walked into begins to exist; what is walked through becomes one part."""
        missing = max(self.a, self.b) + 1 - len(state)
        closed = state[:1] == b"\xff"
        parts = list(state) + [CLOSED if closed else 0] * missing
        if self.use is Use.NOT:
            return bytes(parts)
        if closed:
            return None
        if self.use is not Use.FROM_B:
            _touch(parts, self.a)
        if self.use is not Use.FROM_A:
            _touch(parts, self.b)
        if self.use in (Use.ONCE, Use.TWICE):
            old, new = parts[self.b] // 2, parts[self.a] // 2
            if self.use is Use.TWICE and old == new:
                return None
            parts = [new * 2 + part % 2 if part // 2 == old else part for part in parts]
        if self.use is Use.ONCE:
            parts[self.a] ^= 1
            parts[self.b] ^= 1
        return _numbered(parts)


class Tables(dict[tuple[int, int, Use, tuple[tuple[int, bool], ...]], Moves]):
    """The moves of many sweeps; they know no metres, so what one sweep has found serves the next."""

    def __missing__(self, step: tuple[int, int, Use, tuple[tuple[int, bool], ...]]) -> Moves:
        moves = self[step] = Moves(*step)
        return moves


# For narrow frontiers, of which there are few states.
SHARED = Tables()


def _left(state: bytes, place: int, required: bool) -> bytes | None:
    """An even junction may be left, and the last one of a part only when that part is all there is."""
    part, rest = state[place], state[:place] + state[place + 1 :]
    if part in (0, CLOSED):
        return None if required else rest
    if part % 2:
        return None
    if any(other // 2 == part // 2 for other in rest):
        return _numbered(list(rest))
    return None if any(rest) else bytes([CLOSED] * len(rest))


def _touch(parts: list[int], place: int) -> None:
    if not parts[place]:
        parts[place] = 2 * (max(parts) // 2 + 1)


def _numbered(parts: list[int]) -> bytes:
    """The same state with its parts numbered as they appear."""
    names: dict[int, int] = {}
    for part in parts:
        if part and part // 2 not in names:
            names[part // 2] = len(names) + 1
    return bytes(2 * names[part // 2] + part % 2 if part else 0 for part in parts)
