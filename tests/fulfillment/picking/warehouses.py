"""Warehouses made up at random, and an exact solver that shares nothing with the one under test."""

from math import inf

from fulfillment.picking import Graph, Layout

ROUNDING = 1e-6


def random_layout(rng, *, blocks, aisles=(1, 8), bays=(3, 14)):
    """A rectangular warehouse with lengths of one decimal and cross aisles anywhere."""
    count, length = rng.randint(*aisles), rng.randint(max(bays[0], blocks), bays[1])
    inner = sorted(rng.sample(range(1, length), blocks - 1))
    bay_m, aisle_m, cross_m = (rng.randint(low, 50) / 10 for low in (5, 10, 0))
    depot = rng.randint(1, count), rng.randint(1, blocks + 1)
    return Layout(count, length, bay_m, aisle_m, (0, *inner, length), cross_m, *depot)


def random_stops(rng, layout, most):
    every = range(layout.aisles * layout.bays)
    return rng.sample(every, rng.randint(0, min(most, len(every))))


def shuffled(rng, graph, stops):
    """The same warehouse and stops with nodes and edges in another order."""
    names = sorted(graph.neighbours)
    given = dict(zip(names, rng.sample(names, len(names)), strict=True))
    edges = [(given[a], given[b], metres) for a, b, metres in graph.edges]
    rng.shuffle(edges)
    return Graph(tuple(edges), given[graph.depot]), [given[stop] for stop in stops]


def random_graph(rng, *, nodes, more_edges, lengths):
    """Connected, with loops and parallel edges; locally joined or all over the place."""
    reach = rng.choice([3, nodes])
    edges = [(rng.randrange(max(0, node - reach), node), node) for node in range(1, nodes)]
    edges += [(rng.randrange(nodes), rng.randrange(nodes)) for _ in range(more_edges)]
    return Graph(tuple((a, b, float(rng.choice(lengths))) for a, b in edges), rng.randrange(nodes))


def floor(rng, *, wide, deep):
    """An open floor: a grid whose lengths are all different."""
    edges = []
    for x in range(wide):
        for y in range(deep):
            edges += [(x * deep + y, (x + 1) * deep + y, rng.uniform(1, 3))] if x + 1 < wide else []
            edges += [(x * deep + y, x * deep + y + 1, rng.uniform(1, 3))] if y + 1 < deep else []
    return Graph(tuple(edges), rng.randrange(wide * deep))


def metres_between(graph, places):
    """Shortest ways between all of some nodes (Bellman and Ford, by rounds)."""
    found = {}
    for place in set(places):
        metres = dict.fromkeys(graph.neighbours, inf) | {place: 0.0}
        changed = True
        while changed:
            changed = False
            for a, b, step in graph.edges:
                for here, there in ((a, b), (b, a)):
                    if metres[here] + step < metres[there]:
                        metres[there] = metres[here] + step
                        changed = True
        found[place] = metres
    return found


def optimum(graph, stops):
    """The shortest walk, by dynamic programming over subsets (Held and Karp, 1962)."""
    stops = sorted(set(stops))
    metres = metres_between(graph, [graph.depot, *stops])
    if not stops:
        return 0.0
    least = {(1 << i, i): metres[graph.depot][stop] for i, stop in enumerate(stops)}
    for chosen in range(1, 1 << len(stops)):
        for i in range(len(stops)):
            if (so_far := least.get((chosen, i))) is None:
                continue
            for j, stop in enumerate(stops):
                if not chosen >> j & 1:
                    key, total = (chosen | 1 << j, j), so_far + metres[stops[i]][stop]
                    least[key] = min(total, least.get(key, inf))
    return min(least[(1 << len(stops)) - 1, i] + metres[graph.depot][stop] for i, stop in enumerate(stops))


def walked(graph, order):
    """Metres of the walk that visits nodes in this order by shortest ways."""
    metres = metres_between(graph, [graph.depot, *order])
    places = [graph.depot, *order, graph.depot]
    return sum(metres[places[i]][places[i + 1]] for i in range(len(places) - 1))


def along(graph, path):
    """Metres of a path node by node; every step has to be an edge."""
    return sum(graph.neighbours[path[i]][path[i + 1]] for i in range(len(path) - 1))
