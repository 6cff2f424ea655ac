"""The free room of a carton, as the largest empty cuboids in it, which overlap. Pure.

After Lai & Chan (1997): what is placed is cut out of every space, and a space that lies in another one is dropped.
"""

MOST_SPACES = 100  # kept of one carton, the largest: small ones between many small things are not worth their time
Space = tuple[int, int, int, int, int, int]  # the near corner x, y, z and the far one


def cut(spaces: list[Space], solid: Space, *, least: int) -> list[Space]:
    """The spaces that are left around a solid; none thinner than `least`."""
    near_x, near_y, near_z, far_x, far_y, far_z = solid
    untouched, parts = [], []
    for space in spaces:
        x, y, z, to_x, to_y, to_z = space
        if near_x >= to_x or far_x <= x or near_y >= to_y or far_y <= y or near_z >= to_z or far_z <= z:
            untouched.append(space)
            continue
        if near_x - x >= least:
            parts.append((x, y, z, near_x, to_y, to_z))
        if to_x - far_x >= least:
            parts.append((far_x, y, z, to_x, to_y, to_z))
        if near_y - y >= least:
            parts.append((x, y, z, to_x, near_y, to_z))
        if to_y - far_y >= least:
            parts.append((x, far_y, z, to_x, to_y, to_z))
        if near_z - z >= least:
            parts.append((x, y, z, to_x, to_y, near_z))
        if to_z - far_z >= least:
            parts.append((x, y, far_z, to_x, to_y, to_z))
    left = untouched + _largest(list(dict.fromkeys(parts)), untouched)
    return left if len(left) <= MOST_SPACES else sorted(left, key=_volume, reverse=True)[:MOST_SPACES]


def _volume(space: Space) -> int:
    return (space[3] - space[0]) * (space[4] - space[1]) * (space[5] - space[2])


def _largest(parts: list[Space], others: list[Space]) -> list[Space]:
    """The parts that lie in no other space."""
    return [part for part in parts if not _covered(part, parts) and not _covered(part, others)]


def _covered(part: Space, spaces: list[Space]) -> bool:
    x, y, z, far_x, far_y, far_z = part
    for space in spaces:
        if (
            space[0] <= x
            and space[1] <= y
            and space[2] <= z
            and space[3] >= far_x
            and space[4] >= far_y
            and space[5] >= far_z
            and space != part
        ):
            return True
    return False
