"""What the programs say when they cannot start: one line each, and a non-zero exit."""

import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ordermgmt.stack.places import PROJECT_DIR, Places

COMPLETE = {
    "DEBUG": "0",
    "DATABASE_URL": "postgres://shop:secret@db/shop",
    "REDIS_URL": "redis://broker:6379/0",
    "SECRET_KEY": secrets.token_urlsafe(64),
}


def manage(command: str, *, env: dict[str, str], user: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a management command with nothing of our own environment that could help it."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=PROJECT_DIR,
        env=inherited | env,
        capture_output=True,
        text=True,
        check=False,
        user=user,
    )


def test_production_starts_when_everything_is_named():
    answer = manage("check", env=COMPLETE)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY"])
def test_production_refuses_to_start_without(missing):
    answer = manage("check", env={name: value for name, value in COMPLETE.items() if name != missing})
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"Refusing to start with DEBUG off: {missing} is missing.\n"


def test_production_names_everything_that_is_missing_at_once():
    answer = manage("check", env={"DEBUG": "0"})
    assert answer.stderr == (
        "Refusing to start with DEBUG off: DATABASE_URL is missing, REDIS_URL is missing, SECRET_KEY is missing.\n"
    )


@pytest.mark.parametrize("weak", ["short", "a" * 60, "django-insecure-" + secrets.token_urlsafe(64)])
def test_production_refuses_a_weak_secret(weak):
    answer = manage("check", env=COMPLETE | {"SECRET_KEY": weak})
    assert answer.returncode == 1
    assert answer.stderr == "Refusing to start with DEBUG off: SECRET_KEY is weak (50 random characters or more).\n"


def test_development_makes_its_secret_once_and_for_its_owner_only(tmp_path):
    for _ in range(2):
        assert manage("check", env={"DATA_DIR": str(tmp_path)}).returncode == 0
    (secret,) = tmp_path.iterdir()
    assert secret.name == "secret-key"
    assert secret.stat().st_mode & 0o777 == 0o600


def test_a_busy_port_is_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = manage("run", env={"DATA_DIR": str(tmp_path), "PORT": str(port)})
    assert answer.returncode == 1
    assert answer.stderr == f"Port {port} is busy. Choose another one: PORT={port + 1}.\n"
    assert not Places(tmp_path).postgres_dir.exists()


@pytest.mark.parametrize("command", ["run", "showmigrations"])
def test_a_data_folder_that_cannot_be_written_is_one_line(tmp_path, command):
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    answer = manage(command, env={"DATA_DIR": str(in_the_way / "data")})
    assert answer.returncode == 1
    assert answer.stderr == (
        f"Cannot use the data folder {in_the_way}/data: Not a directory. Set DATA_DIR to another one.\n"
    )


def test_a_long_data_folder_gets_a_short_socket():
    places = Places(Path("/", *["long-name"] * 12))
    assert len(os.fsencode(places.valkey_socket)) < 100
    assert places.valkey_socket == places.valkey_socket
    assert places.valkey_socket != Places(Path("/", *["long-name"] * 13)).valkey_socket
