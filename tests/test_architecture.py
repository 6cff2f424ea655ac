"""The plan of the house, checked: nine stages in nine files, imports that only flow down, and nothing too large."""

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from fulfillment import flow as fulfillment_flow
from ordermgmt.celery import app
from orders import flow as orders_flow
from orders.flow import QUEUE_BY_STATE, STAGES

ROOT = Path(__file__).resolve().parent.parent
RIVER = ["inventory", "orders", "fulfillment", "feedback", "kpis", "ordermgmt"]
TOP_LEVEL = {
    *RIVER,
    *("docs", "static", "templates", "tests"),
    *("manage.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt"),
    *("Makefile", "Dockerfile", "docker-compose.yml"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"),
}
MADE_BY_PROGRAMS = {"staticfiles", "__pycache__"}
LINES_A_FILE, LINES_A_TEST_FILE, LINES_A_FUNCTION, LINES_A_TEMPLATE, ARGUMENTS = 300, 400, 40, 120, 6
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
FOREIGN_TASKS = "celery."


def modules(*folders: str) -> dict[Path, ast.Module]:
    """Every Python file below the folders, migrations excluded, by its path from the root."""
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    kept = sorted(path.relative_to(ROOT) for path in files if "migrations" not in path.parts)
    return {path: ast.parse((ROOT / path).read_text()) for path in (*kept, Path("manage.py"))}


APP_CODE = modules(*RIVER)
ALL_CODE = APP_CODE | modules("tests")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len([name for name in named if name.arg not in ("self", "cls")])


def long_functions(tree: ast.AST) -> list[str]:
    sizes = [(row.name, (row.end_lineno or row.lineno) - row.lineno + 1) for row in functions(tree)]
    return [f"{name}: {count} lines" for name, count in sizes if count > LINES_A_FUNCTION]


def greedy_functions(tree: ast.AST) -> list[str]:
    return [f"{row.name}: {arguments(row)} arguments" for row in functions(tree) if arguments(row) > ARGUMENTS]


def hidden_imports(tree: ast.AST) -> list[str]:
    return [f"{row.name}: {ast.unparse(line)}" for row in functions(tree) for line in imports(row)]


def save_overrides(tree: ast.AST) -> list[str]:
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return [row.name for row in classes if any(method.name == "save" for method in row.body if hasattr(method, "name"))]


def signals(tree: ast.AST) -> list[str]:
    said = [ast.unparse(line) for line in imports(tree)]
    return [line for line in said if re.search(r"\bdjango\.dispatch\b|\bsignals\b", line)]


def faults(check, code):
    """Path by path, what `check` finds."""
    return {str(path): found for path, tree in code.items() if (found := check(tree))}


def lines(path: Path) -> int:
    return len((ROOT / path).read_text().splitlines())


def test_nine_stages_stand_in_nine_files_and_nowhere_else():
    files = {str(path.relative_to(ROOT)) for path in ROOT.glob("*/stages/*.py") if path.name != "__init__.py"}
    assert files == {stage.file for stage in STAGES}
    assert len(STAGES) == 9


def test_the_stages_come_in_order_and_follow_the_river():
    assert [stage.number for stage in STAGES] == list(range(1, 10))
    places = [RIVER.index(stage.app) for stage in STAGES]
    assert places == sorted(places)
    assert [stage.verb for stage in STAGES] == [
        *("place", "receive", "approve"),
        *("pick", "pack", "ship", "deliver"),
        *("survey", "review"),
    ]


@pytest.mark.parametrize("stage", STAGES, ids=[stage.verb for stage in STAGES])
def test_a_stage_file_says_which_it_is_and_has_one_function_of_its_name(stage):
    tree = APP_CODE[Path(stage.file)]
    said = ast.get_docstring(tree) or ""
    assert said.startswith(f"Stage {stage.number} of 9, {stage.state}: ")
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == stage.verb]
    assert ast.get_docstring(function)


def test_the_top_level_is_exactly_as_agreed():
    seen = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert {name for name in seen - MADE_BY_PROGRAMS if not name.endswith(".egg-info")} == TOP_LEVEL


def test_ci_has_one_command():
    run = ROOT / ".ci" / "run"
    assert [path.name for path in run.parent.iterdir()] == ["run"]
    assert run.stat().st_mode & 0o111


def test_imports_only_flow_down():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "Contracts: 2 kept, 0 broken." in done.stdout


def test_no_file_is_too_long():
    budgets = {path: LINES_A_TEST_FILE if path.parts[0] == "tests" else LINES_A_FILE for path in ALL_CODE}
    assert {str(path): lines(path) for path, most in budgets.items() if lines(path) > most} == {}


def test_no_template_is_too_long():
    files = (path for folder in ("templates", *RIVER) for path in (ROOT / folder).rglob("*.*"))
    texts = [path.relative_to(ROOT) for path in files if path.suffix in (".html", ".txt", ".svg")]
    assert texts
    assert {str(path): lines(path) for path in texts if lines(path) > LINES_A_TEMPLATE} == {}


def test_no_function_is_too_long():
    assert faults(long_functions, ALL_CODE) == {}


def test_no_function_takes_too_many_arguments():
    assert faults(greedy_functions, ALL_CODE) == {}


def test_every_module_says_what_it_is_for():
    silent = [str(path) for path, tree in ALL_CODE.items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing():
    words = {path: {path.stem, *path.parent.parts} for path in ALL_CODE}
    assert [str(path) for path, names in words.items() if names & NAMES_THAT_SAY_NOTHING] == []


def test_every_import_stands_at_the_top():
    assert faults(hidden_imports, APP_CODE) == {}


def test_no_model_writes_other_tables_behind_a_save():
    assert faults(save_overrides, APP_CODE) == {}


def test_no_signal_holds_the_parts_together():
    assert faults(signals, APP_CODE) == {}


def test_nothing_is_left_to_do_later():
    word = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
    texts = [ROOT / path for path in ALL_CODE]
    texts += [path for folder in ("templates", "static", "docs") for path in (ROOT / folder).rglob("*.*")]
    kinds = {".py", ".html", ".txt", ".js", ".css", ".md"}
    assert [str(path) for path in texts if path.suffix in kinds and word.search(path.read_text())] == []


def test_the_checks_above_see_what_they_look_for():
    bad = ast.parse(
        "from django.db.models.signals import post_save\n"
        "class Thing:\n"
        "    def save(self, a, b, c, *, d, e, f, g):\n"
        "        import os\n" + "        a = 1\n" * LINES_A_FUNCTION
    )
    assert long_functions(bad) == ["save: 42 lines"]
    assert greedy_functions(bad) == ["save: 7 arguments"]
    assert hidden_imports(bad) == ["save: import os"]
    assert save_overrides(bad) == ["Thing"]
    assert signals(bad) == ["from django.db.models.signals import post_save"]


def test_each_stage_but_the_first_has_its_task_and_its_queue():
    app.loader.import_default_modules()
    tasks = {stage.verb: f"{stage.app}.tasks.drain_{stage.verb}" for stage in STAGES[1:]}
    assert list(settings.STAGE_TASKS.items()) == list(tasks.items())
    assert {verb: app.amqp.router.route({}, task)["queue"].name for verb, task in tasks.items()} == {
        verb: verb for verb in tasks
    }
    assert list(QUEUE_BY_STATE.values()) == list(tasks)


def test_there_are_no_tasks_and_queues_but_the_stages_and_the_chores():
    app.loader.import_default_modules()
    chores = [task for task, _ in settings.CHORES.values()]
    assert {name for name in app.tasks if not name.startswith(FOREIGN_TASKS)} == {
        *settings.STAGE_TASKS.values(),
        *chores,
    }
    assert {app.amqp.router.route({}, task)["queue"].name for task in chores} == {"chores"}
    assert [queue.name for queue in settings.CELERY_TASK_QUEUES] == [*settings.STAGE_TASKS, "chores"]


def test_every_stage_is_swept_in_case_a_nudge_is_lost_and_every_chore_comes_round():
    told = {row["task"]: row["options"]["queue"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert told == {task: verb for verb, task in settings.STAGE_TASKS.items()} | {
        task: "chores" for task, _ in settings.CHORES.values()
    }
    assert {row["task"]: row["schedule"] for row in settings.CELERY_BEAT_SCHEDULE.values()} == dict.fromkeys(
        settings.STAGE_TASKS.values(), settings.SWEEP_SECONDS
    ) | dict(settings.CHORES.values())


def test_a_task_is_given_back_when_its_worker_dies_and_never_runs_twice_at_once():
    assert app.conf.task_acks_late is app.conf.task_reject_on_worker_lost is app.conf.task_ignore_result is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] > 2 * app.conf.task_time_limit
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert (app.conf.task_serializer, app.conf.accept_content) == ("json", ["json"])


@pytest.mark.parametrize(
    ("name", "flow"),
    [
        ("orders.migrations.0013_placed_orders_may_be_rejected", orders_flow),
        ("fulfillment.migrations.0002_database_has_the_last_word", fulfillment_flow),
    ],
)
def test_the_database_was_told_the_edges_of_the_state_machine(name, flow):
    migration = importlib.import_module(name)
    assert set(migration.EDGES) == set(flow.EDGES)
    assert len(migration.EDGES) == len(flow.EDGES)


def test_the_database_was_told_the_edges_of_hand_overs():
    (path,) = (ROOT / "fulfillment" / "migrations").glob("*_hand_overs_keep_to_their_edges.py")
    migration = importlib.import_module(f"fulfillment.migrations.{path.stem}")
    assert sorted(migration.EDGES) == sorted(fulfillment_flow.HANDOVER_EDGES)
