"""`callverbs store` checks, backs up, restores, vacuums and migrates the store of the settings."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from callverbs.interpreter.stores.sqlite import SqliteStore
from tests.interpreter.cli.terminal import Terminal
from tests.interpreter.stores.contract import change


@pytest.fixture
def calls(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with three calls, one of which is over."""
    monkeypatch.delenv("CALLVERBS_STORE", raising=False)

    async def fill() -> None:
        store = SqliteStore(folder / "calls.sqlite")
        for n in range(3):
            await store.save(change(str(n), snapshot=b'{"id": "x", "app": {}}', ended=float(n == 2), rows=(b"{}",)))
        await store.close()

    asyncio.run(fill())
    (folder / "callverbs.toml").write_text('[server]\nstore = "sqlite:///calls.sqlite"\n')
    return folder / "calls.sqlite"


def test_a_backup_is_restored(callverbs: Terminal, calls: Path) -> None:
    assert callverbs("store", "backup", "backup.sqlite").out == "3 calls are in backup.sqlite\n"
    restored = callverbs("store", "--store", "sqlite:///new.sqlite", "restore", "backup.sqlite")
    assert (restored.code, restored.out) == (0, "3 calls are restored\n")
    again = callverbs("store", "--store", "sqlite:///new.sqlite", "restore", "backup.sqlite")
    assert (again.code, again.err) == (2, "callverbs store: the store has calls already: restore into an empty one\n")


def test_a_check_reports_and_fails(callverbs: Terminal, calls: Path) -> None:
    calls.chmod(0o644)
    found = callverbs("store", "check")
    assert found.code == 1
    assert found.out.splitlines()[0] == "others on this machine may read the calls: its mode is 644 (chmod 600 calls.sqlite)"
    assert found.out.splitlines()[-1].startswith("3 calls, of which 2 are live; ")


def test_a_vacuum_makes_an_old_file_smaller(callverbs: Terminal, calls: Path) -> None:
    with sqlite3.connect(calls, isolation_level=None) as file:
        file.execute("PRAGMA auto_vacuum = NONE")
        file.execute("VACUUM")
    file.close()
    assert "the file never becomes smaller, because an older callverbs made it" in callverbs("store", "check").out
    assert callverbs("store", "vacuum").code == 0
    assert "becomes smaller" not in callverbs("store", "check").out


def test_a_migration_says_what_it_did(callverbs: Terminal, calls: Path) -> None:
    assert callverbs("store", "migrate").out == "sqlite:///calls.sqlite: has the format of this version\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--store", "sqlite:///typo.sqlite", "check"), "sqlite:///typo.sqlite is not there"),
        (("--store", "memory:", "backup", "x"), "memory: ends with its server"),
        (("--store", "mysql://u:secret@db", "check"), "server.store names no store with 'mysql://u:***@db': write "),
        (("--config", "nowhere.toml", "check"), "nowhere.toml cannot be read: No such file or directory"),
        (("backup", "calls.sqlite"), "calls.sqlite exists already: name a new file"),
        (("restore", "nowhere"), "nowhere is not there"),
    ],
)
def test_what_cannot_be_done(callverbs: Terminal, calls: Path, arguments: tuple[str, ...], error: str) -> None:
    found = callverbs("store", *arguments)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(f"callverbs store: {error}")


def test_the_store_of_the_environment_wins_over_the_file(callverbs: Terminal, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLVERBS_STORE", "sqlite:///other.sqlite")
    assert "other.sqlite is not there" in callverbs("store", "check").err
