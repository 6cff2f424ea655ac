"""Invented choices that are the same for the same seed, whatever order the threads ask in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Dice:
    """Every answer follows from the seed and from what is asked about, and from nothing else."""

    seed: int

    def share(self, *about: object) -> float:
        """A number from 0 up to 1."""
        text = ":".join(map(str, (self.seed, *about)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7]) / 2**56

    def happens(self, share: float, *about: object) -> bool:
        """True for that share of all things asked about."""
        return self.share(*about) < share

    def choose(self, options: Sequence[T], *about: object) -> T:
        """One of the options, each as likely as the others."""
        return options[int(self.share(*about) * len(options))]

    def between(self, least: float, most: float, *about: object) -> float:
        """A number in this range."""
        return least + self.share(*about) * (most - least)

    def shuffled(self, things: Sequence[T], *about: object) -> list[T]:
        """The things in another order."""
        places = sorted(range(len(things)), key=lambda place: self.share(*about, place))
        return [things[place] for place in places]
