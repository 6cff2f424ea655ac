"""`kill -9` in the middle of a run, or a carrier that works badly, costs seconds, never an order."""

import pytest

from tests.simulations import run_simulate, simulate


@pytest.mark.parametrize(("parts", "more"), [("worker,broker", ("--faults", "carrier")), ("web", ())])
def test_every_acknowledged_order_ends_once_whatever_is_killed(parts: str, more: tuple[str, ...]) -> None:
    summary = simulate("--orders", "30", "--kill", parts, *more)

    assert [fault["part"] for fault in summary["faults"]] == parts.split(",") * 2
    assert (summary["acknowledged"], summary["unfinished"], summary["duplicates"]) == (30, 0, 0)
    assert sum(summary["final"].values()) == 30
    assert summary["verify"]["ok"]
    assert summary["facts_differ"] == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--orders", "0"], "argument --orders: 0 is not a whole number from 1 to 100000"),
        (["--kill", "database"], "argument --kill: cannot kill database; the parts are worker, broker, web, beat"),
        (["--url", "http://127.0.0.1:1"], "--url and --key belong together."),
        (
            ["--url", "http://x", "--key", "k", "--kill", "web"],
            "--kill, --faults and --keep work on a private stack only",
        ),
        (["--manual-share", "0.9", "--3pl-share", "0.9"], "--manual-share and --3pl-share together are more than 1."),
    ],
)
def test_a_wrong_argument_is_answered_in_one_line(arguments: list[str], line: str) -> None:
    ran = run_simulate(*arguments)
    assert ran.returncode != 0
    assert line in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert ran.stdout == ""
