"""Loading from a folder or without any copy, and mini-batches; test_bad_days.py downloads."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tiny_set import TINY

from d2lhelpers import data
from d2lhelpers.data import Batches, DataUnavailable, ImageSet, linear_data
from d2lhelpers.files import download


@pytest.fixture
def folder(tiny, tmp_path, monkeypatch) -> Path:
    """The tiny set in $D2LHELPERS_DATA."""
    raw = tmp_path / "own" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in TINY.items():
        (raw / name).write_bytes(content)
    monkeypatch.setenv("D2LHELPERS_DATA", str(tmp_path / "own"))
    return raw


def test_a_folder_in_torchvisions_layout_is_found(folder, capsys):
    train, test = data.load_fashion_mnist(strict=True)
    assert (len(train), len(test)) == (20, 10)
    assert train.images.shape == (20, 1, 28, 28) and train.images.dtype == torch.float32
    assert train.images.max() == 1 and test.images.max() == pytest.approx(0.2)
    assert train.labels.tolist() == [i % 10 for i in range(20)]
    assert train.classes[9] == "ankle boot" and train.name == "Fashion-MNIST"
    assert capsys.readouterr().out == ""


def test_without_copy_and_network_the_digits_stand_in_and_one_line_says_so(tiny, capsys):
    train, test = data.load_fashion_mnist()
    assert (train.name, len(train), len(test)) == ("digits", 1_500, 297)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 and "digits stand in" in lines[0] and "D2LHELPERS_DATA" in lines[0]


def test_strict_lists_where_was_looked_and_what_to_do(tiny, tmp_path):
    with pytest.raises(DataUnavailable) as raised:
        data.load_fashion_mnist(strict=True)
    message = str(raised.value)
    assert "D2LHELPERS_DATA: not set" in message
    assert str(tmp_path / "cache") in message
    assert "http://127.0.0.1:9/FashionMNIST/: no connection" in message
    assert "set D2LHELPERS_DATA to a folder" in message


def test_a_data_folder_that_does_not_exist_is_said(tiny, monkeypatch, capsys):
    monkeypatch.setenv("D2LHELPERS_DATA", "/no/such/folder")
    data.load_fashion_mnist()
    assert "D2LHELPERS_DATA=/no/such/folder is not a folder" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["truncated", "wrong magic number", "one altered byte"])
def test_a_damaged_file_is_named_with_both_hashes_and_not_used(folder, capsys, kind):
    content = bytearray(TINY[download.FILES[0]])
    if kind == "truncated":
        content = content[:-100]
    elif kind == "wrong magic number":
        content[3] ^= 1
    else:
        content[5_000] ^= 1
    (folder / download.FILES[0]).write_bytes(content)
    train, _ = data.load_fashion_mnist()
    out = capsys.readouterr().out
    assert train.name == "digits"
    assert str(folder / download.FILES[0]) in out
    assert download.SHA256["Fashion-MNIST"][download.FILES[0]] in out
    assert hashlib.sha256(content).hexdigest() in out
    assert (folder / download.FILES[0]).read_bytes() == content, (
        "a reader's own file is not touched"
    )


def test_all_mirrors_are_https_and_both_sets_have_two():
    for mirrors in download.MIRRORS.values():
        assert len(mirrors) >= 2
        assert all(address.startswith("https://") and address.endswith("/") for address in mirrors)


def test_the_digits_are_real_split_and_always_the_same():
    train, test = data.load_digits()
    again, _ = data.load_digits()
    assert torch.equal(train.images, again.images)
    assert len(train) + len(test) == 1_797
    assert train.images.min() >= 0 and train.images.max() <= 1
    assert sorted(set(train.labels.tolist())) == list(range(10))
    assert str(test) == "digits: 297 images of 1 x 28 x 28, 10 classes"


@pytest.mark.skipif(not data.is_available("MNIST"), reason="MNIST is not on this computer")
def test_the_real_sets_are_complete():
    for load in (data.load_mnist, data.load_fashion_mnist):
        train, test = load(strict=True)
        assert (len(train), len(test)) == (60_000, 10_000)
        assert train.images.shape[1:] == (1, 28, 28) and train.images.max() == 1
        assert test.labels.bincount(minlength=10).min() > 800


def test_images_and_labels_must_match_in_number():
    with pytest.raises(ValueError, match=r"found 3 samples and 2 labels"):
        ImageSet(torch.zeros(3, 1, 28, 28), torch.zeros(2).long(), data.DIGITS, "x")
    with pytest.raises(ValueError, match=r"found 3 samples and 2 labels"):
        Batches(torch.zeros(3, 4), torch.zeros(2), 1)


@pytest.mark.parametrize("label", [10, -1])
def test_a_label_that_names_no_class_is_refused(label):
    labels = torch.tensor([0, label])
    with pytest.raises(ValueError, match=rf"labels: expected values in 0..9, found {label}"):
        ImageSet(torch.zeros(2, 1, 28, 28), labels, data.DIGITS, "x")
    with pytest.raises(ValueError, match=rf"found {label}"):
        Batches(torch.zeros(2, 4), labels, 1, num_classes=10)


@pytest.mark.parametrize("size", [0, -3, 2.5, "256"])
def test_a_batch_size_below_one_is_refused(size):
    with pytest.raises(ValueError, match="batch_size: expected a whole number of at least 1"):
        Batches(torch.zeros(2, 4), torch.zeros(2), size)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(("count", "size"), [(10, 3), (10, 5), (10, 10), (10, 99), (1, 1), (0, 4)])
def test_every_sample_comes_once_with_its_own_label(count, size, shuffle):
    X = torch.arange(count)[:, None].float()
    batches = Batches(X, torch.arange(count), size, shuffle=shuffle)
    pairs = list(batches)
    assert len(pairs) == len(batches)
    assert all(torch.equal(x[:, 0].long(), y) for x, y in pairs)
    seen = torch.cat([y for _, y in pairs]) if pairs else torch.tensor([])
    assert sorted(seen.tolist()) == list(range(count))


def test_each_pass_shuffles_anew_and_a_seed_repeats_it():
    batches = Batches(torch.zeros(50), torch.arange(50), 50, shuffle=True)
    torch.manual_seed(0)
    first, second = (next(iter(batches))[1] for _ in range(2))
    torch.manual_seed(0)
    assert not torch.equal(first, second)
    assert torch.equal(first, next(iter(batches))[1])


def test_importing_the_package_loads_nothing_heavy():
    code = (
        "import sys, d2lhelpers, d2lhelpers.data, d2lhelpers.training, d2lhelpers.device;"
        "heavy = {'sklearn', 'torchvision', 'matplotlib', 'filelock', 'requests', 'IPython'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr


# --- data from a known line ----------------------------------------------------------------


def test_without_noise_linear_data_lie_on_the_line():
    X, y = linear_data(torch.tensor([2.0, -1.0, 0.5]), 4.0, n=50, noise_std=0.0)
    assert X.shape == (50, 3) and y.shape == (50,)
    torch.testing.assert_close(y, 2 * X[:, 0] - X[:, 1] + 0.5 * X[:, 2] + 4)


def test_least_squares_finds_the_line_and_the_noise():
    w = torch.tensor([3.0, -1.5], dtype=torch.float64)
    X, y = linear_data(w, 2.0, n=20_000, noise_std=0.5, seed=7)
    columns = torch.cat([X, torch.ones(len(X), 1, dtype=w.dtype)], dim=1)
    found = torch.linalg.lstsq(columns, y).solution
    torch.testing.assert_close(found, torch.tensor([3.0, -1.5, 2.0]).double(), rtol=0, atol=0.02)
    assert abs((y - columns @ found).std() - 0.5) < 0.02
    torch.testing.assert_close(X.T.cov(), torch.eye(2).double(), rtol=0, atol=0.05)


def test_a_seed_of_linear_data_fixes_the_numbers_and_leaves_the_global_generator_alone():
    w = torch.tensor([1.0, 2.0])
    state = torch.get_rng_state()
    first, again, other = (linear_data(w, 0.0, n=9, seed=number) for number in (3, 3, 4))
    torch.testing.assert_close(first, again)
    assert not torch.equal(first[0], other[0])
    assert torch.equal(torch.get_rng_state(), state)


def test_linear_data_have_a_column_of_labels_for_each_column_of_weights():
    w = torch.tensor([[1.0], [2.0]])
    X, y = linear_data(w, 0.5, n=6, seed=1)
    assert y.shape == (6, 1)
    flat = linear_data(w[:, 0], 0.5, n=6, seed=1)
    torch.testing.assert_close((X, y[:, 0]), flat)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_linear_data_have_the_dtype_of_the_weights(dtype):
    X, y = linear_data(torch.ones(3, dtype=dtype), 1.0, n=1)
    assert X.dtype == y.dtype == dtype


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"w": torch.tensor([1, 2])}, "w: expected floats"),
        ({"w": torch.tensor(1.0)}, "w: expected floats"),
        ({"n": 0}, "n: expected a whole number of at least 1, found 0"),
        ({"n": 2.5}, "n: expected a whole number"),
        ({"noise_std": -0.1}, "noise_std: expected at least 0"),
    ],
)
def test_wrong_arguments_of_linear_data_are_named(change, words):
    arguments = {"w": torch.ones(2), "b": 0.0, "n": 5} | change
    with pytest.raises(ValueError, match=words):
        linear_data(**arguments)
