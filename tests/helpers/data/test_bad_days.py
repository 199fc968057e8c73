"""Downloads on bad days: in the end the right data or a clear error, and never half a file."""

import gzip
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from mirror import Request, whole
from patience import PATIENCE
from tiny_set import NOBODY, TINY, idx_images, idx_labels, sums

from d2lhelpers import data
from d2lhelpers.data import DataUnavailable
from d2lhelpers.files import download, transfer

ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(os.name != "posix", reason="needs the signals and users of Unix")
EVERY_FILE_ONCE = sorted(f"/FashionMNIST/{file}.gz" for file in download.FILES)


@pytest.fixture
def cache(tmp_path) -> Path:
    return tmp_path / "cache" / "FashionMNIST" / "raw"


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Time limits so long that even on a busy machine none ends what a test did not slow down."""
    for limit in ("CONNECT", "STALL", "WHOLE"):
        monkeypatch.setattr(transfer, limit, 600.0)
    monkeypatch.setattr(download, "WAIT_FOR_OTHERS", 600.0)


def shorten(monkeypatch, mirror, limit: str, value: float) -> None:
    """One limit that a test can wait for, in force while ``mirror`` is asked."""
    fetch = transfer.fetch

    def fetch_within(url: str) -> bytes:
        with monkeypatch.context() as patch:
            if url.startswith(mirror.address):
                patch.setattr(transfer, limit, value)
            return fetch(url)

    monkeypatch.setattr(transfer, "fetch", fetch_within)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*") if path.name != ".lock")


def load() -> None:
    """Load the tiny set and see that it is right."""
    train, test = data.load_fashion_mnist(strict=True)
    assert (train.name, len(train), len(test)) == ("Fashion-MNIST", 20, 10)
    assert train.images.min() == 1 and train.labels.tolist() == [i % 10 for i in range(20)]


def other_process(cache: Path, *options: str, before: tuple[str, ...] = (), **keywords):
    """Another process that loads the tiny set; see tiny_set.py."""
    return subprocess.Popen(
        [
            *before,
            sys.executable,
            str(Path(__file__).with_name("tiny_set.py")),
            str(cache),
            *options,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        **keywords,
    )


# What a mirror can do wrong


def hang_up(request: Request) -> None:
    request.close_connection = True


def hang_before_headers(request: Request) -> None:
    request.wait()


def hang_in_mid_body(request: Request) -> None:
    request.begin(len(request.archive))
    request.send(request.archive[:20])
    request.wait()


def cut_short(request: Request) -> None:
    request.begin(len(request.archive))
    request.send(request.archive[:20])


def cut_short_without_saying_the_length(request: Request) -> None:
    request.send_response(200)
    request.end_headers()
    request.send(request.archive[:20])


def send_a_page_instead(request: Request) -> None:
    request.begin(20)
    request.send(b"<html>Please log in.")


def send_another_archive(request: Request) -> None:
    other = gzip.compress(b"something else")
    request.begin(len(other))
    request.send(other)


def trickle(request: Request) -> None:
    request.begin(1_000_000)
    while not request.wait(0.05):
        request.send(b"x")


def trickle_in_the_headers(request: Request) -> None:
    request.send(b"HTTP/1.1 200 OK\r\n")
    while not request.wait(0.05):
        request.send(b"X-More: yes\r\n")
        request.send(b"X")


def send_without_end(request: Request) -> None:
    request.send_response(200)
    request.end_headers()
    while not request.wait(0):
        request.send(bytes(1 << 16))


def redirect_in_a_circle(request: Request) -> None:
    request.begin(0, 302, Location=request.path)


def redirect_to_a_file(request: Request) -> None:
    request.begin(0, 302, Location="file:///etc/hostname")


def speak_another_language(request: Request) -> None:
    request.send(b"220 ready for mail\r\n")


# what it does, the words that name it, and the limit that ends it
HASH = "(20 bytes) is not used: expected SHA-256"
FAULTS = {
    "hangs up": (hang_up, "RemoteDisconnected", None),
    "hangs before the headers": (hang_before_headers, "Read timed out", ("STALL", 1)),
    "hangs in mid-body": (hang_in_mid_body, "Read timed out", ("STALL", 1)),
    "answers 403": (lambda request: request.send_error(403), "403", None),
    "answers 404": (lambda request: request.send_error(404), "404", None),
    "answers 500": (lambda request: request.send_error(500), "500", None),
    "cuts the file short": (cut_short, "IncompleteRead(20 bytes read", None),
    "cuts it short without saying the length": (
        cut_short_without_saying_the_length,
        "(20 bytes) is not used: it cannot be unpacked",
        None,
    ),
    "sends a page instead": (send_a_page_instead, HASH, None),
    "sends another archive": (send_another_archive, "is not used: expected SHA-256", None),
    "trickles": (trickle, "given up after 0 bytes", ("WHOLE", 1)),
    "trickles in the headers": (trickle_in_the_headers, "given up after 0 bytes", ("WHOLE", 1)),
    "sends without end": (send_without_end, "given up after 1,0", ("LARGEST", 1_000_000)),
    "redirects in a circle": (redirect_in_a_circle, "TooManyRedirects", None),
    "redirects to a file": (redirect_to_a_file, "InvalidSchema", None),
    "speaks another language": (speak_another_language, "BadStatusLine", None),
}


@pytest.mark.parametrize(("answer", "words", "limit"), FAULTS.values(), ids=FAULTS)
def test_a_mirror_with_a_fault_is_named_leaves_nothing_and_is_replaced_by_a_good_one(
    serve, cache, monkeypatch, answer, words, limit
):
    bad = serve(answer)
    if limit:
        shorten(monkeypatch, bad, *limit)
    with pytest.raises(DataUnavailable) as raised:
        data.load_fashion_mnist(strict=True)
    url = f"{bad.address}/FashionMNIST/{download.FILES[0]}.gz"
    [line] = [line for line in str(raised.value).splitlines() if url in line]
    assert words in line
    assert files_in(cache) == []

    bad.asked.clear()
    good = serve()
    load()
    assert set(bad.asked) == {f"/FashionMNIST/{download.FILES[0]}.gz"}, "asked once, then last"
    assert sorted(good.asked) == EVERY_FILE_ONCE
    assert files_in(cache) == sorted(download.FILES)


def test_after_a_repair_the_same_mirror_serves(serve, cache):
    mirror = serve(cut_short)
    assert data.load_fashion_mnist()[0].name == "digits"
    mirror.answer = whole
    load()


def test_a_mirror_that_refuses_connections_is_passed_over(serve, monkeypatch):
    good = serve()
    monkeypatch.setenv("D2LHELPERS_MIRRORS", f"http://127.0.0.1:9, {good.address}")
    load()


def test_a_host_that_never_answers_is_given_up_within_seconds(monkeypatch):
    monkeypatch.setattr(transfer, "CONNECT", 1.0)
    over, ended = threading.Event(), []

    def look_up_for_ever(*arguments: object) -> None:
        ended.append(over.wait(60))
        raise OSError("looked up in vain")

    monkeypatch.setattr(socket, "getaddrinfo", look_up_for_ever)
    problems = transfer.knock(["https://mirror.invalid/"])
    assert not ended, "waited to the end"
    over.set()
    assert problems == {"https://mirror.invalid/": "no connection within 1 s"}


def test_only_the_web_is_asked(tmp_path):
    (tmp_path / "secret").write_text("here")
    with pytest.raises(OSError, match="begins with http:// or https://"):
        transfer.fetch((tmp_path / "secret").as_uri())


def test_a_slow_but_steady_mirror_is_waited_for(serve, monkeypatch):
    seconds = []

    def slowly(request: Request) -> None:
        if not request.path.endswith(f"/{download.FILES[0]}.gz"):
            return whole(request)
        begin = time.monotonic()
        request.begin(len(request.archive))
        for start in range(0, len(request.archive), 2):
            request.wait(0.2)
            request.send(request.archive[start : start + 2])
        seconds.append(time.monotonic() - begin)

    # a pause is a twentieth of the limit; all of them together are longer than it
    monkeypatch.setattr(transfer, "STALL", 4.0)
    serve(slowly)
    load()
    assert seconds[0] > transfer.STALL, "not slow enough to show anything"


def test_a_redirect_is_followed(serve):
    def moved(request: Request) -> None:
        if request.path.startswith("/FashionMNIST/"):
            request.begin(0, 301, Location=f"/elsewhere{request.path}")
        else:
            whole(request)

    serve(moved)
    load()


def test_the_environment_replaces_the_mirrors(serve):
    mirror = serve()
    load()
    assert sorted(mirror.asked) == EVERY_FILE_ONCE


@pytest.mark.parametrize(
    "address", ["mirror.example", "file:///tmp", "http://[", "ftp://x", "http:"]
)
def test_what_is_no_address_is_named_and_the_next_one_serves(serve, monkeypatch, address):
    monkeypatch.setenv("D2LHELPERS_MIRRORS", f"{address},")
    with pytest.raises(DataUnavailable) as raised:
        data.load_fashion_mnist(strict=True)
    assert f"  - {address.rstrip('/')}/FashionMNIST/: no connection (" in str(raised.value)
    good = serve()
    monkeypatch.setenv("D2LHELPERS_MIRRORS", f"{address},{good.address}")
    load()


# What is there is not asked for again


def test_a_download_lands_in_the_cache_and_is_asked_for_once(serve, cache):
    mirror = serve()
    load()
    load()
    assert sorted(mirror.asked) == EVERY_FILE_ONCE
    assert files_in(cache) == sorted(download.FILES)


def test_only_what_is_missing_is_asked_for(serve, cache, tmp_path, monkeypatch):
    own = tmp_path / "own" / "FashionMNIST" / "raw"
    for folder, file in ((own, download.FILES[0]), (cache, download.FILES[1])):
        folder.mkdir(parents=True)
        (folder / file).write_bytes(TINY[file])
    monkeypatch.setenv("D2LHELPERS_DATA", str(tmp_path / "own"))
    mirror = serve()
    load()
    assert sorted(mirror.asked) == sorted(f"/FashionMNIST/{name}.gz" for name in download.FILES[2:])


def test_files_in_torchvisions_layout_are_used_without_a_request(
    serve, tmp_path, monkeypatch, cache
):
    shutil.copytree(fill(tmp_path / "own" / "FashionMNIST" / "raw"), cache)
    monkeypatch.setenv("D2LHELPERS_DATA", str(tmp_path / "own"))
    mirror = serve()
    load()
    assert mirror.asked == []


def fill(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for file, content in TINY.items():
        (folder / file).write_bytes(content)
    return folder


@pytest.mark.parametrize("count", [2, 8])
def test_processes_that_ask_at_once_cause_one_download(serve, cache, tmp_path, count):
    def after_a_while(request: Request) -> None:
        request.wait(0.2)
        whole(request)

    mirror = serve(after_a_while)
    processes = [other_process(tmp_path / "cache") for _ in range(count)]
    assert [process.communicate(timeout=PATIENCE)[0].strip() for process in processes] == (
        ["whole"] * count
    )
    assert sorted(mirror.asked) == EVERY_FILE_ONCE
    assert files_in(cache) == sorted(download.FILES)


# Files that are not what they should be


def test_a_damaged_file_in_the_cache_is_fetched_again_and_alone(serve, cache, capsys):
    mirror = serve()
    load()
    mirror.asked.clear()
    (cache / download.FILES[0]).write_bytes(b"half")
    load()
    assert f"{cache / download.FILES[0]} (4 bytes) is damaged" in capsys.readouterr().out
    assert mirror.asked == [f"/FashionMNIST/{download.FILES[0]}.gz"]
    assert (cache / download.FILES[0]).read_bytes() == TINY[download.FILES[0]]


@pytest.mark.parametrize("where", ["on this computer", "at the mirror"])
def test_a_valid_file_of_another_set_is_refused_and_named(
    serve, tmp_path, monkeypatch, capsys, where
):
    contents = idx_images(20, 7), idx_labels(20), idx_images(10, 7), idx_labels(10)
    digits = dict(zip(download.FILES, contents))
    packed = {file: gzip.compress(content, mtime=0) for file, content in digits.items()}
    monkeypatch.setitem(download.SHA256, "MNIST", sums(digits))
    file = download.FILES[0]
    if where == "on this computer":
        folder = fill(tmp_path / "own" / "FashionMNIST" / "raw")
        (folder / file).write_bytes(digits[file])
        monkeypatch.setenv("D2LHELPERS_DATA", str(tmp_path / "own"))
    else:

        def mixed_up(request: Request) -> None:
            request.begin(len(packed[file]))
            request.send(packed[file])

        serve(mixed_up)
    assert data.load_fashion_mnist()[0].name == "digits"
    assert f", which is {file} of MNIST" in capsys.readouterr().out


@pytest.mark.skipif(not data.is_available("MNIST"), reason="MNIST is not on this computer")
def test_the_real_mnist_in_the_folder_of_fashion_mnist_is_refused_and_named(tmp_path, monkeypatch):
    roots = [Path(os.environ.get("D2LHELPERS_DATA", "")), download._cache()]
    raw = next(root / "MNIST" / "raw" for root in roots if (root / "MNIST" / "raw").is_dir())
    (tmp_path / "FashionMNIST").mkdir()
    (tmp_path / "FashionMNIST" / "raw").symlink_to(raw, target_is_directory=True)
    monkeypatch.setenv("D2LHELPERS_DATA", str(tmp_path))
    monkeypatch.setenv("D2LHELPERS_MIRRORS", "http://127.0.0.1:9")
    monkeypatch.setattr(download, "_cache", lambda: tmp_path / "cache")
    with pytest.raises(DataUnavailable) as raised:
        data.load_fashion_mnist(strict=True)
    for file in download.FILES:
        assert f", which is {file} of MNIST" in str(raised.value)


# The disk


def without_rights_to_mount() -> bool:
    trial = ["unshare", "--mount", "--map-root-user", "mount", "-t", "tmpfs", "none", "/mnt"]
    return not shutil.which("unshare") or subprocess.run(trial, capture_output=True).returncode != 0


def on_a_file_system(folder: Path, options: str) -> tuple[str, ...]:
    """The beginning of a command that sees a file system of its own in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    script = f'mount -t tmpfs -o {options} none "{folder}" && exec "$@"'
    return "unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh"


def small_files_only() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))


@posix
def test_files_that_may_not_grow_are_not_kept_and_the_data_are_right(serve, cache, tmp_path):
    mirror = serve()
    process = other_process(tmp_path / "cache", preexec_fn=small_files_only)
    out = process.communicate(timeout=PATIENCE)[0].splitlines()
    assert len(out) == 2 and out[1] == "whole", out
    assert out[0].startswith(f"What is downloaded is not kept in {cache}: ")
    assert "File too large" in out[0]
    assert files_in(cache) == []
    assert sorted(mirror.asked) == EVERY_FILE_ONCE


needs_mount = pytest.mark.skipif(without_rights_to_mount(), reason="may not mount a file system")


@needs_mount
def test_a_full_disk_is_said_and_the_data_are_right(serve, cache, tmp_path):
    mirror = serve()
    before = on_a_file_system(tmp_path / "cache", "size=16k")
    out = (
        other_process(tmp_path / "cache", before=before)
        .communicate(timeout=PATIENCE)[0]
        .splitlines()
    )
    assert len(out) == 2 and out[1] == "whole", out
    assert f"not kept in {cache}: " in out[0] and "No space left on device" in out[0]
    assert sorted(mirror.asked) == EVERY_FILE_ONCE


@needs_mount
def test_a_cache_that_can_only_be_read_is_said_and_the_data_are_right(serve, cache, tmp_path):
    serve()
    before = on_a_file_system(tmp_path / "cache", "ro")
    out = (
        other_process(tmp_path / "cache", before=before)
        .communicate(timeout=PATIENCE)[0]
        .splitlines()
    )
    assert len(out) == 2 and out[1] == "whole", out
    assert f"not kept in {cache}: " in out[0] and "Read-only file system" in out[0]


def test_a_file_in_the_place_of_the_cache_is_said_and_the_data_are_right(serve, tmp_path, capsys):
    (tmp_path / "cache").write_text("in the way")
    serve()
    load()
    assert "What is downloaded is not kept in" in capsys.readouterr().out


@pytest.fixture
def as_nobody():
    """Load as a user who owns nothing, from a folder that everybody may see."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield (
        folder,
        lambda: other_process(folder, "--as-nobody").communicate(timeout=PATIENCE)[0].splitlines(),
    )
    shutil.rmtree(folder)


def test_a_cache_that_another_user_wrote_is_used_without_a_request(serve, as_nobody):
    folder, load_as_nobody = as_nobody
    fill(folder / "FashionMNIST" / "raw")
    mirror = serve()
    assert load_as_nobody() == ["", "whole"] and mirror.asked == []


def test_half_a_cache_of_another_user_is_completed_but_not_touched(serve, as_nobody):
    folder, load_as_nobody = as_nobody
    raw = fill(folder / "FashionMNIST" / "raw")
    (raw / download.FILES[0]).chmod(0o600)
    (raw / download.FILES[1]).unlink()
    (raw / ".lock").touch(0o600)
    mirror = serve()
    out = load_as_nobody()
    assert len(out) == 3, out
    unreadable, not_kept, last = out
    assert unreadable == (
        f"{raw / download.FILES[0]} is not used, because it cannot be read: Permission denied."
    )
    assert f"not kept in {raw}: " in not_kept and "Permission denied" in not_kept
    assert last == "whole"
    assert sorted(mirror.asked) == sorted(f"/FashionMNIST/{name}.gz" for name in download.FILES[:2])


def load_without_home(folder: Path) -> list[str]:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can become somebody without a name and a home")
    process = other_process(folder / "cache", "--without-home", cwd="/")
    return process.communicate(timeout=PATIENCE)[0].splitlines()


def test_a_user_without_home_folder_gets_the_data_and_is_told_that_they_are_not_kept(
    serve, tmp_path
):
    mirror = serve()
    assert load_without_home(tmp_path) == [
        "What is downloaded is not kept: this user has no home folder.",
        "whole",
    ]
    assert sorted(mirror.asked) == EVERY_FILE_ONCE


def test_a_user_without_home_folder_reads_the_folder_that_is_set(serve, as_nobody, monkeypatch):
    folder, _ = as_nobody
    fill(folder / "FashionMNIST" / "raw")
    monkeypatch.setenv("D2LHELPERS_DATA", str(folder))
    mirror = serve()
    assert load_without_home(folder) == ["", "whole"] and mirror.asked == []


def test_a_half_file_that_another_user_left_is_replaced(serve, as_nobody):
    folder, load_as_nobody = as_nobody
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (folder, folder / "FashionMNIST", raw):
        os.chown(path, NOBODY, NOBODY)
    (raw / f"{download.FILES[0]}.part").write_bytes(b"half")
    serve()
    assert load_as_nobody() == ["", "whole"]
    assert files_in(raw) == sorted(download.FILES)


# Other processes that end, or do not


@posix
def test_a_process_killed_in_mid_download_leaves_nothing_that_hinders_the_next(
    serve, cache, tmp_path
):
    mirror = serve(hang_in_mid_body)
    process = other_process(tmp_path / "cache")
    end = time.monotonic() + 60
    while not mirror.asked and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL and mirror.asked
    assert files_in(cache) == []
    mirror.answer = whole
    load()
    assert files_in(cache) == sorted(download.FILES)


@posix
def test_a_process_killed_in_mid_writing_leaves_no_file_under_the_final_name(
    serve, cache, tmp_path
):
    serve()
    process = other_process(tmp_path / "cache", "--die-before-renaming")
    process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    assert files_in(cache) == [f"{download.FILES[0]}.part"]
    load()
    assert files_in(cache) == sorted(download.FILES)


def test_a_process_that_holds_the_lock_for_ever_is_not_waited_for(
    serve, cache, monkeypatch, capsys
):
    monkeypatch.setattr(download, "WAIT_FOR_OTHERS", 1.0)
    cache.mkdir(parents=True)
    code = (
        "import filelock, sys, time\n"
        "with filelock.FileLock(sys.argv[1]): print('held', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(cache / ".lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            serve()
            load()
            assert "could not be acquired" in capsys.readouterr().out
        finally:
            holder.kill()
