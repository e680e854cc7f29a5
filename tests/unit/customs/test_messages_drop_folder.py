"""The Single Window's folder on a real disk: what is written whole, what counts as an answer."""

import errno
import os
import signal
import stat
from pathlib import Path

import pytest

from services.customs.clients.single_window import WRITTEN_FOR_S, ClaimedFile, DropFolder


def test_the_folder_holds_one_whole_file_however_often_it_is_written(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    for _ in range(2):
        folder.write("G-1", b"<x/>")

    assert [path.name for path in folder.out.iterdir()] == ["G-1.xml"]
    assert (folder.out / "G-1.xml").read_bytes() == b"<x/>"


def test_the_transfer_client_never_sees_half_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DropFolder(tmp_path)
    folder.write("G-1", b"<x/>")

    def disk_full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", disk_full)
    for guid in ("G-1", "G-2"):
        with pytest.raises(OSError, match="No space"):
            folder.write(guid, b"<y/>")

    assert [path.read_bytes() for path in folder.out.iterdir()] == [b"<x/>"]


def test_two_workers_may_write_the_same_message_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, other = DropFolder(tmp_path), DropFolder(tmp_path)
    sync = os.fsync

    def other_comes_first(descriptor: int) -> None:
        monkeypatch.setattr("os.fsync", sync)
        other.write("G-1", b"<x>longer</x>")
        sync(descriptor)

    monkeypatch.setattr("os.fsync", other_comes_first)
    folder.write("G-1", b"<x/>")

    assert [path.read_bytes() for path in folder.out.iterdir()] == [b"<x/>"]


@pytest.mark.parametrize(("mode", "more"), [(0o640, {}), (0o600, {"file_mode": 0o600})])
def test_a_message_has_the_mode_that_is_set_whatever_the_umask(
    tmp_path: Path, mode: int, more: dict[str, int]
) -> None:
    folder = DropFolder(tmp_path, **more)
    folder.write("G-1", b"<x/>")

    assert stat.S_IMODE((folder.out / "G-1.xml").stat().st_mode) == mode


def claimed(folder: DropFolder, name: str) -> ClaimedFile:
    claim = folder.claim(name)
    assert claim is not None
    return claim


def settle(folder: DropFolder, name: str, *, readable: bool) -> None:
    claim = claimed(folder, name)
    claim.settle(readable=readable)
    claim.release()


def test_read_answers_go_to_done_and_unreadable_ones_to_bad(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    for name in ("b.xml", "a.xml", ".half.xml", "note.txt"):
        (folder.inbox / name).write_bytes(b"<x/>")

    assert folder.waiting() == ["a.xml", "b.xml"]
    assert claimed(folder, "a.xml").read(bytes_max=2) == b"<x/"

    settle(folder, "b.xml", readable=False)

    assert folder.waiting() == ["a.xml"]
    assert (folder.inbox / "bad" / "b.xml").exists()


def test_an_answer_is_read_by_one_worker_and_by_the_next_if_that_dies(tmp_path: Path) -> None:
    """A child process stands for the other worker: it holds the answer until it is killed."""
    mine = DropFolder(tmp_path)
    (mine.inbox / "a.xml").write_bytes(b"<x/>")
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        claimed(DropFolder(tmp_path), "a.xml")
        os.write(write_end, b"!")
        signal.pause()
    os.read(read_end, 1)

    while_it_lives = mine.claim("a.xml")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert while_it_lives is None
    assert claimed(mine, "a.xml").read(bytes_max=9) == b"<x/>"


def test_an_answer_that_another_worker_has_moved_away_is_not_claimed(tmp_path: Path) -> None:
    folder = DropFolder(tmp_path)
    (folder.inbox / "a.xml").write_bytes(b"<x/>")
    settle(folder, "a.xml", readable=True)

    assert folder.claim("a.xml") is None
    assert [path.name for path in (folder.inbox / "done").iterdir()] == ["a.xml"]


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
        settle(folder, "a.xml", readable=False)
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

    assert claimed(folder, "a.xml").is_being_written() is may_grow


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("回执.xml".encode(), "回执.xml"),
        ("回执.xml".encode("gb18030"), "回执.xml"),
        (b"\xff\xfe-1.xml", "\\xff\\xfe-1.xml"),
        (b"CEB604_1.XML", "CEB604_1.XML"),
    ],
)
def test_an_answer_is_taken_whatever_the_bytes_of_its_name(
    tmp_path: Path, written: bytes, told: str
) -> None:
    folder = DropFolder(tmp_path)
    with open(os.fsencode(folder.inbox) + b"/" + written, "wb") as file:
        file.write(b"<x/>")

    (waiting,) = folder.waiting()
    claim = claimed(folder, waiting)
    claim.settle(readable=True)
    claim.release()

    assert claim.name == told
    assert os.listdir(os.fsencode(folder.inbox / "done")) == [written]
