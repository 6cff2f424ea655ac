"""`manage.py bench`, a second for each part: that what it counts is right, never how much it is."""

import json
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ordermgmt.bench.buyer import Buyer
from ordermgmt.bench.client import Expected, drive
from ordermgmt.bench.figures import Run, percentile, row
from ordermgmt.bench.runs import Journal, Result
from ordermgmt.bench.table import as_table
from ordermgmt.management.commands import bench as command
from ordermgmt.stack.places import PROJECT_DIR

PLACED = Expected(201, b'{"number":')
KEYS = ["name", "clients", "orders_per_s", "p50_ms", "p95_ms", "p99_ms", "sql_per_order", "rss_mb", "ratio"]


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "bench", *arguments],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, int], dict[str, Any]]:
    """All parts once. Exit code 0 says: every answer right, every order found, the books of both databases right."""
    ran = bench("--seconds", "1", "--rounds", "1", "--json")
    assert ran.returncode == 0, ran.stderr
    return {(each["name"], each["clients"]): each for each in json.loads(ran.stdout)}


def test_every_part_has_its_row(rows):
    assert list(rows) == [
        *[("limit", 8), ("limit_hot", 8), ("place", 8), ("place", 16)],
        *[("bulk", 2), ("hot", 8), ("receive", 2), ("approve", 2)],
    ]
    assert all(list(each) == KEYS for each in rows.values())


def test_what_is_measured_has_a_figure_and_what_is_not_has_none(rows):
    absent = {name: [key for key in KEYS if each[key] is None] for (name, _), each in rows.items()}
    waits = ["p50_ms", "p95_ms", "p99_ms"]
    none: list[str] = []
    assert absent == {"limit": ["rss_mb"], "limit_hot": ["rss_mb"], "receive": waits, "approve": waits} | dict.fromkeys(
        ("place", "bulk", "hot"), none
    )
    assert all(each[key] > 0 for each in rows.values() for key in KEYS if each[key] is not None and key != "name")


def test_the_ratio_is_to_the_limit(rows):
    limit = rows["limit", 8]
    assert limit["ratio"] == 1
    for each in rows.values():
        assert each["ratio"] == pytest.approx(each["orders_per_s"] / limit["orders_per_s"], abs=0.001)


def test_the_limit_sends_ten_statements_whose_work_is_that_of_an_order(rows):
    # Customer, order, lines, payment, event, answer, reservations, three stocks.
    assert rows["limit", 8]["sql_per_order"] == pytest.approx(10, abs=0.1)
    assert rows["bulk", 2]["sql_per_order"] < 1


def test_a_web_that_cannot_place_ends_with_exit_code_1(monkeypatch, tmp_path):
    (tmp_path / "healthz").write_text("{}")
    monkeypatch.setenv("BENCH_WEB", f"-m http.server --bind 127.0.0.1 --directory {tmp_path} {{port}}")
    ran = bench("--seconds", "1", "--rounds", "1", "--only", "place")
    assert ran.returncode == 1
    said = "Nothing can be measured where orders cannot be placed: 64 answers with status 501, no order at all."
    assert ran.stderr.splitlines()[-1] == said


def test_a_fault_is_told_beside_the_figures_and_ends_with_exit_code_1(monkeypatch, capsys):
    rows = [row("place", 8, [Run(orders=10, found=10, seconds=1, statements=80)])]
    monkeypatch.setattr(command, "measure", lambda wish, tell: Result(rows, ["ordermgmt: stock: broken"], "2 cores"))
    with pytest.raises(CommandError, match="^ordermgmt: stock: broken$") as caught:
        call_command("bench", "--json")
    assert caught.value.returncode == 1
    assert [each["orders_per_s"] for each in json.loads(capsys.readouterr().out)] == [10]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "place,brew"], "cannot measure brew; the parts are limit, limit_hot, place, bulk, hot, receive"),
        (["--seconds", "0"], "0 is not a whole number from 1 to 600"),
    ],
)
def test_a_wrong_argument_is_answered_by_one_line(arguments, said):
    ran = bench(*arguments)
    assert ran.returncode == 2
    assert said in ran.stderr.strip().splitlines()[-1]


@contextmanager
def served(*calls: list[bytes]) -> Iterator[int]:
    """A web on this port that gives these answers, each in two pieces, and hangs up after each list of them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answers in calls:
                with listener.accept()[0] as line:
                    for answer in answers:
                        assert b"\r\n\r\n" in line.recv(65_536)
                        line.sendall(answer[:20])
                        line.sendall(answer[20:])

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(timeout=10)
        assert not thread.is_alive()


def answer(status: int, body: bytes, *headers: bytes) -> bytes:
    head = [b"HTTP/1.1 %d Whatever" % status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def test_the_client_counts_what_is_right_and_what_is_not():
    right, last = answer(201, b'{"number":1}'), answer(201, b'{"number":2}', b"Connection: close")
    requests = islice(Buyer("key", ["A", "B", "C"]).orders(), 5)
    with served([right, answer(409, b"{}"), answer(201, b"[]"), last], [right]) as port:
        tally = drive(port, requests, clients=1, seconds=10, expected=PLACED)
    assert len(tally.waits_ms) == 3
    assert tally.wrong == Counter({409: 1, 201: 1})


def test_an_answer_that_is_cut_short_counts_as_lost():
    cut = answer(201, b'{"number":1}')[:-1]
    with served([cut], [answer(201, b'{"number":2}')]) as port:
        requests = islice(Buyer("key", ["A", "B", "C"]).orders(), 2)
        tally = drive(port, requests, clients=1, seconds=10, expected=PLACED)
    assert (len(tally.waits_ms), tally.wrong) == (1, Counter({0: 1}))


def test_no_two_orders_are_alike_and_a_hot_one_has_the_last_sku():
    buyer = Buyer("key", [f"SKU-{place}" for place in range(30)])
    first, second = [next(buyer.orders()).partition(b"\r\n\r\n") for _ in range(2)]
    bulk = json.loads(next(buyer.bulks()).partition(b"\r\n\r\n")[2])["orders"]
    hot = json.loads(next(buyer.orders(hot=True)).partition(b"\r\n\r\n")[2])
    orders = [json.loads(first[2]), json.loads(second[2]), *bulk, hot]
    assert f"Content-Length: {len(first[2])}".encode() in first[0]
    assert len(bulk) == 100
    assert len({each["external_id"] for each in orders}) == len({each["customer"]["email"] for each in orders}) == 103
    assert all(len({line["sku"] for line in each["lines"]}) == 3 for each in orders)
    assert hot["lines"][2]["sku"] == "SKU-29"


def test_percentiles_are_waits_that_happened():
    waits = [float(wait) for wait in range(1, 201)]
    assert [percentile(waits, share) for share in (50, 95, 99)] == [100, 190, 198]
    assert percentile([7.0], 99) == 7
    assert percentile([], 50) is None


def test_a_row_has_the_medians_of_its_runs():
    runs = [Run(orders=n, found=n, seconds=2, statements=n * 8, waits_ms=[n], memory_mb=n) for n in (10, 40, 20)]
    median = row("place", 8, runs)
    assert (median.orders_per_s, median.p50_ms, median.sql_per_order, median.rss_mb) == (10, 20, 8, 20)


def test_orders_that_are_missing_and_answers_that_are_wrong_are_faults():
    told: list[str] = []
    journal = Journal(told.append)
    journal.note("place", 8, Run(orders=5, found=4, seconds=1, statements=1, wrong={500: 2, 0: 1}))
    journal.note("limit", 8, Run(orders=10, found=10, seconds=1, statements=1))
    assert journal.faults == [
        "place, 8 clients: 1 answers with status none",
        "place, 8 clients: 2 answers with status 500",
        "place, 8 clients: 5 orders acknowledged, 4 found",
    ]
    assert [(each.name, each.ratio) for each in journal.rows()] == [("limit", 1), ("place", 0.5)]
    assert told == ["place, 8 clients: 5.0 orders/s", "limit, 8 clients: 10.0 orders/s"]


def test_the_table_has_a_line_for_each_row():
    runs = [Run(orders=2_000, found=2_000, seconds=1, statements=20_000, waits_ms=[1.25])]
    lines = as_table([row("limit", 8, runs)], measured_on="2 cores").splitlines()
    assert lines[0] == "2 cores"
    assert lines[3].split() == ["limit", "8", "2,000.0", "1.2", "1.2", "1.2", "10.00", "-", "-"]
