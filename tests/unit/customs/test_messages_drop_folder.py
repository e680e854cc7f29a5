"""The Single Window's folder on a real disk: what is written whole, what counts as an answer."""

import errno
import os
import stat
from pathlib import Path

import pytest

from services.customs.clients.single_window import WRITTEN_FOR_S, DropFolder


def test_the_folder_holds_one_whole_file_however_often_it_is_written(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    for _ in range(2):
        folder.deliver("G-1", "<x/>")

    assert [path.name for path in folder.out.iterdir()] == ["G-1.xml"]
    assert (folder.out / "G-1.xml").read_bytes() == b"<x/>"


def test_the_transfer_client_never_sees_half_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DropFolder(tmp_path)
    folder.deliver("G-1", "<x/>")

    def disk_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", disk_full)
    for guid in ("G-1", "G-2"):
        with pytest.raises(OSError, match="No space"):
            folder.deliver(guid, "<y/>")

    assert [path.read_bytes() for path in folder.out.glob("*.xml")] == [b"<x/>"]


@pytest.mark.parametrize(("mode", "more"), [(0o640, {}), (0o600, {"file_mode": 0o600})])
def test_a_message_has_the_mode_that_is_set_whatever_the_umask(
    tmp_path: Path, mode: int, more: dict[str, int]
) -> None:
    folder = DropFolder(tmp_path, **more)
    folder.deliver("G-1", "<x/>")

    assert stat.S_IMODE((folder.out / "G-1.xml").stat().st_mode) == mode


def test_read_answers_go_to_done_and_unreadable_ones_to_bad(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    for name in ("b.xml", "a.xml", ".half.xml", "note.txt"):
        (folder.inbox / name).write_bytes(b"<x/>")

    assert folder.waiting() == ["a.xml", "b.xml"]
    assert folder.read("a.xml", bytes_max=2) == b"<x/"

    folder.settle("a.xml", readable=True)
    folder.settle("b.xml", readable=False)

    assert folder.waiting() == []
    assert (folder.inbox / "done" / "a.xml").exists()
    assert (folder.inbox / "bad" / "b.xml").exists()


def test_only_plain_files_count_as_answers(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    (tmp_path / "secret.xml").write_bytes(b"<x/>")
    (folder.inbox / "a-loop.xml").symlink_to("a-loop.xml")
    (folder.inbox / "b-elsewhere.xml").symlink_to(tmp_path / "secret.xml")
    (folder.inbox / "c-nowhere.xml").symlink_to(tmp_path / "none")
    (folder.inbox / "d-folder.xml").mkdir()
    os.mkfifo(folder.inbox / "e-pipe.xml")
    (folder.inbox / "f-good.xml").write_bytes(b"<x/>")

    assert folder.waiting() == ["f-good.xml"]


def test_an_answer_never_overwrites_one_that_was_put_aside(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    for content in (b"1", b"2", b"3"):
        (folder.inbox / "a.xml").write_bytes(content)
        folder.settle("a.xml", readable=False)
    kept = sorted((path.name, path.read_bytes()) for path in (folder.inbox / "bad").iterdir())

    assert kept == [("a.2.xml", b"2"), ("a.3.xml", b"3"), ("a.xml", b"1")]


@pytest.mark.parametrize(
    ("age_s", "may_grow"),
    [(0, True), (WRITTEN_FOR_S - 5, True), (WRITTEN_FOR_S + 5, False), (-WRITTEN_FOR_S - 5, False)],
)
def test_an_answer_that_changed_a_moment_ago_may_still_be_incomplete(
    tmp_path: Path, age_s: float, *, may_grow: bool
) -> None:
    """Another machine's clock may have dated it, so near now counts on either side."""
    folder = DropFolder(tmp_path)
    answer = folder.inbox / "a.xml"
    answer.write_bytes(b"<x/>")
    changed_s = answer.stat().st_mtime - age_s
    os.utime(answer, times=(changed_s, changed_s))

    assert folder.is_being_written("a.xml") is may_grow
