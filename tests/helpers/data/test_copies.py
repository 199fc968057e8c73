"""Copies of a set that people laid into a folder by hand, in the forms they come in."""

import gzip
import os
from pathlib import Path

import pytest
from tiny_set import ARCHIVES, TINY, idx_images, idx_labels, sums

from d2lhelpers import data
from d2lhelpers.data import DataUnavailable
from d2lhelpers.files import download

FORMS = {
    "as torchvision has them": "{}",
    "packed": "{}.gz",
    "with a dot": "{dot}",
    "with a dot, packed": "{dot}.gz",
    "each in a folder of its name": "{}/{dot}",
}
FOLDERS = [
    "FashionMNIST/raw", "FashionMNIST", "fashion-mnist", "fashion_mnist/raw", "raw", "."
]  # fmt: skip


@pytest.fixture
def own(tiny, tmp_path, monkeypatch) -> Path:
    """An empty folder in $D2LHELPERS_DATA."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("D2LHELPERS_DATA", str(folder))
    return folder


def lay(folder: Path, form: str = "{}", contents: dict[str, bytes] = TINY) -> None:
    for file, content in contents.items():
        path = folder / form.format(file, dot=file.replace("-idx", ".idx"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.fixture
def other(monkeypatch) -> dict[str, bytes]:
    """A tiny MNIST: the same names, other pictures."""
    contents = idx_images(20, 7), idx_labels(20), idx_images(10, 7), idx_labels(10)
    files = dict(zip(download.FILES, contents))
    files[download.FILES[1]] = idx_labels(20)[:-1] + b"\3"
    files[download.FILES[3]] = idx_labels(10)[:-1] + b"\3"
    monkeypatch.setitem(download.SHA256, "MNIST", sums(files))
    return files


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_usual_form_is_read_without_a_word(own, capsys, form, folder):
    lay(own / folder, form)
    train, test = data.load_fashion_mnist(strict=True)
    assert (train.name, len(train), len(test)) == ("Fashion-MNIST", 20, 10)
    assert train.images.min() == 1 and capsys.readouterr().out == ""
    assert data.is_available("Fashion-MNIST")


def test_a_packed_file_under_the_name_of_an_unpacked_one_is_read(own):
    lay(own / "FashionMNIST" / "raw", contents=ARCHIVES)
    assert data.load_fashion_mnist(strict=True)[0].name == "Fashion-MNIST"


@pytest.mark.parametrize("place", ["{}/raw", "{}", "."])
def test_of_two_sets_with_files_of_the_same_names_each_is_found(own, other, capsys, place):
    lay(own / place.format("MNIST"), "{}.gz", other)
    lay(own / place.format("fashion-mnist"), "{dot}")
    assert data.load_fashion_mnist(strict=True)[0].images.min() == 1
    assert data.load_mnist(strict=True)[0].images.max() == pytest.approx(7 / 255)
    assert capsys.readouterr().out == ""


def test_a_gz_that_holds_something_else_is_named_and_not_used(own, capsys):
    lay(own, "{}.gz", {**TINY, download.FILES[0]: b"something else"})
    assert data.load_fashion_mnist()[0].name == "digits"
    path = own / f"{download.FILES[0]}.gz"
    assert f"{path} ({path.stat().st_size} bytes) is damaged or another file" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    "damage", [lambda b: b[: len(b) // 2], lambda b: b[:15], lambda b: b[:40] + b"?" + b[41:]]
)
def test_a_gz_that_is_half_there_or_damaged_is_named_and_not_used(own, capsys, damage):
    lay(own / "FashionMNIST", "{}.gz")
    path = own / "FashionMNIST" / f"{download.FILES[0]}.gz"
    path.write_bytes(damage(path.read_bytes()))
    assert data.load_fashion_mnist()[0].name == "digits"
    out = capsys.readouterr().out
    assert f"{path} (" in out and ("cannot be unpacked" in out or "expected SHA-256" in out)


def test_a_whole_copy_is_used_beside_a_damaged_one(own):
    lay(own / "FashionMNIST" / "raw")
    (own / "FashionMNIST" / "raw" / download.FILES[0]).write_bytes(b"half")
    lay(own / "FashionMNIST", "{}.gz", {download.FILES[0]: TINY[download.FILES[0]]})
    assert data.load_fashion_mnist(strict=True)[0].images.min() == 1


def test_a_bomb_is_not_unpacked_to_its_end(own, monkeypatch):
    from d2lhelpers.files import copies

    monkeypatch.setattr(copies, "LARGEST", 1_000)
    content, problem = copies.unpack(gzip.compress(bytes(1_000_000)), "no sum")
    assert len(content) == 1_000 and "expected SHA-256 no sum" in problem


def test_a_missing_file_is_named_with_the_places_where_it_was_looked_for(own, capsys):
    lay(own / "fashion-mnist", "{}.gz")
    (own / "fashion-mnist" / f"{download.FILES[1]}.gz").unlink()
    assert data.load_fashion_mnist()[0].name == "digits"
    [line] = capsys.readouterr().out.splitlines()
    assert f"D2LHELPERS_DATA={own} lacks {download.FILES[1]} (" in line
    assert "set D2LHELPERS_DATA" not in line and str(own / "FashionMNIST" / "raw") in line
    with pytest.raises(DataUnavailable) as raised:
        data.load_fashion_mnist(strict=True)
    [line] = [
        line for line in str(raised.value).splitlines() if ": no " in line and str(own) in line
    ]
    assert f"{own / 'fashion-mnist'}, " in line and f": no {download.FILES[1]}, with" in line


def test_files_of_the_other_set_in_the_folder_of_all_sets_are_told_only_when_the_search_fails(
    own, other, capsys
):
    lay(own, contents=other)
    assert data.load_fashion_mnist()[0].name == "digits"
    assert len(capsys.readouterr().out.splitlines()) == 1
    with pytest.raises(DataUnavailable, match=f"which is {download.FILES[0]} of MNIST"):
        data.load_fashion_mnist(strict=True)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_be_entered_but_not_listed_is_read(own):
    raw = own / "FashionMNIST" / "raw"
    lay(raw)
    raw.chmod(0o111)
    try:
        assert data.load_fashion_mnist(strict=True)[0].name == "Fashion-MNIST"
    finally:
        raw.chmod(0o755)
