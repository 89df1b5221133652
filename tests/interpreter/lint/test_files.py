"""Which files are documents: those that are named, those that a folder holds, but not those that git ignores or settings exclude."""

from pathlib import Path

import pytest

from callverbs.interpreter.lint.files import UsageError, collect, find
from tests.interpreter.lint.repository import FLOW, Repository

FILES = {
    "menu.json": FLOW,
    "sub/flow.yaml": "just text\n",
    "sub/short.yml": "- say: {text: hi}\n",
    "sub/foreign.json": '[{"lex": {"url": "x"}}]',
    "broken.json": '[{"verb": "say", }]',
    "broken-short.json": '[{"say": {"text": "hi"},}]',
    "sub/broken.yaml": '- say: {text: "hi}\n',
    "sub/broken-block.yml": '- say:\n    text: "hi\n',
    "values.yaml": '- tag: "1\n',
    "long.json": '[{"verb": "say", "text": "' + "a" * 1_000_000,
    "numbers.json": f"[{'1,' * 600_000}1]",
    "package.json": '{"verb": 1}',
    "list.json": "[1, 2]",
    "people.json": '[{"name": "jane"}, {"a": 1, "b": 2}]',
    "scenario.yaml": "flow: flow.yaml\nscript:\n  - press: 1\n",
    "tsconfig.json": "{ // comments\n}",
    "notes.txt": FLOW,
    ".hidden/menu.json": FLOW,
    "node_modules/x/menu.json": FLOW,
}


@pytest.fixture
def folder(repository: Repository) -> Path:
    for name, text in FILES.items():
        repository.put(name, text)
    return repository.folder


def names(*paths: str | Path) -> list[str]:
    return [Path(source.name).as_posix() for source in collect(paths)]


def test_a_folder_is_searched_for_flows(folder: Path) -> None:
    assert names(".") == [
        "broken-short.json",
        "broken.json",
        "long.json",
        "menu.json",
        "sub/broken-block.yml",
        "sub/broken.yaml",
        "sub/flow.yaml",
        "sub/foreign.json",
        "sub/short.yml",
    ]


def test_a_file_that_is_named_is_read_whatever_it_is(folder: Path) -> None:
    assert names("package.json", "notes.txt", "sub") == ["package.json", "notes.txt", *names("sub")]


def test_a_file_is_read_once(folder: Path) -> None:
    (folder / "link.json").symlink_to("menu.json")
    assert names("menu.json", "sub/../menu.json", "link.json", folder / "menu.json") == ["menu.json"]


@pytest.mark.parametrize("path", ["nowhere", "sub/*.toml", "a" * 5000, "sub**/x"])
def test_what_does_not_exist_is_wrong_usage(folder: Path, path: str) -> None:
    with pytest.raises(UsageError, match=r"^(nowhere: there is no such file|sub/\*.toml: there is no|aaa|sub\*\*/x: )"):
        collect([path])


def test_a_file_that_cannot_be_read_is_wrong_usage(folder: Path) -> None:
    (folder / "loop.json").symlink_to("loop.json")
    with pytest.raises(UsageError, match=r"loop.json"):
        collect(["loop.json"])


def test_patterns_that_no_shell_has_replaced(folder: Path) -> None:
    assert names("sub/[fs]*.y*ml") == ["sub/flow.yaml", "sub/short.yml"]
    assert names("**/flow.*", "m[e]nu.json") == ["sub/flow.yaml", "menu.json"]
    assert names(str(folder / "sub" / "f*.json")) == [str(folder / "sub" / "foreign.json")]
    assert names("s*b") == names("sub")


def test_a_file_name_with_wildcards(folder: Path) -> None:
    (folder / "a[1].json").write_text(FLOW)
    assert names("a[1].json") == ["a[1].json"]


def test_a_broken_link_is_skipped(folder: Path) -> None:
    (folder / "sub" / "lost.json").symlink_to("nowhere")
    assert "sub/lost.json" not in names("sub")
    with pytest.raises(UsageError, match="there is no such file"):
        collect(["sub/lost.json"])


# --------------------------------------------------------------------------- what git ignores


def test_what_git_ignores_is_not_searched(repository: Repository) -> None:
    for name in ("a.json", "build/a.json", "sub/a.json", "sub/b.json", "sub/c.json", "sub/deep/a.json", "sub/deep/d.json"):
        repository.put(name, FLOW)
    repository.put(".gitignore", "# ours\nbuild/\nd.json\n")
    repository.put("sub/.gitignore", "/a.json\nb*\n!bb.json\n")
    repository.put("sub/deep/.gitignore", "!d.json\n")
    repository.put("sub/bb.json", FLOW)
    assert names(".") == ["a.json", "sub/bb.json", "sub/c.json", "sub/deep/a.json", "sub/deep/d.json"]
    assert names("sub") == ["sub/bb.json", "sub/c.json", "sub/deep/a.json", "sub/deep/d.json"]


def test_an_ignored_file_that_is_named_is_read(repository: Repository) -> None:
    repository.put(".gitignore", "build/\n*.draft.json\n")
    repository.put("build/a.json", FLOW)
    repository.put("b.draft.json", FLOW)
    assert names(".") == []
    assert names("build", "b.draft.json", "b*.json") == ["build/a.json", "b.draft.json"]


def test_a_repository_ends_where_it_begins(repository: Repository) -> None:
    repository.put(".gitignore", "*.json\n")
    repository.put("inner/a.json", FLOW)
    assert names("inner") == []
    (repository.folder / "inner" / ".git").mkdir()
    assert names("inner") == ["inner/a.json"]


# --------------------------------------------------------------------------- what settings exclude


def test_excluded_paths_are_reported_if_they_were_named(folder: Path) -> None:
    search = find([".", "menu.json", "sub"], lambda path, is_folder: path.name in ("menu.json", "sub"))
    assert [one.path.as_posix() for one in search.files if one.path.suffix != ".yaml"] == [
        "broken-short.json",
        "broken.json",
        "list.json",
        "long.json",
        "numbers.json",
        "package.json",
        "people.json",
        "tsconfig.json",
    ]
    assert search.excluded == [Path("menu.json"), Path("sub")]
