"""Mini-batches, and sets of pictures, of the forms that data come in."""

import numpy as np
import pytest
import torch

from d2lhelpers.data import DIGITS, Batches, ImageSet


def test_colored_pictures_make_a_set_and_batches():
    train = ImageSet(torch.rand(5, 3, 32, 30), torch.arange(5), DIGITS, "colors")
    assert str(train) == "colors: 5 images of 3 x 32 x 30, 10 classes"
    shapes = [X.shape for X, _ in Batches(train.images, train.labels, 2, shuffle=True)]
    assert shapes == [(2, 3, 32, 30), (2, 3, 32, 30), (1, 3, 32, 30)]


@pytest.mark.parametrize(
    ("images", "remedy"),
    [
        (torch.zeros(2, 28, 28), r"unsqueeze\(1\)"),
        (torch.zeros(2, 784), "found torch.float32 of shape"),
        (torch.zeros(2, 32, 32, 3), r"permute\(0, 3, 1, 2\)"),
        (torch.zeros(2, 3, 32, 32, dtype=torch.uint8), r"images.float\(\) / 255"),
    ],
)
def test_pictures_of_another_form_are_refused_with_the_remedy(images, remedy):
    with pytest.raises(ValueError, match=f"images: expected .*{remedy}"):
        ImageSet(images, torch.tensor([0, 1]), DIGITS, "x")


@pytest.mark.parametrize("kind", ["i1", "u1", "<i4", ">i4", "i8"])
def test_labels_of_every_whole_number_type_are_what_the_losses_take(kind):
    labels = np.arange(4).astype(kind)
    _, y = next(iter(Batches(torch.zeros(4, 2), labels, 4, num_classes=4)))
    assert y.dtype == torch.int64 and y.tolist() == [0, 1, 2, 3]
    torch.nn.functional.cross_entropy(torch.zeros(4, 4), y)


def test_int32_labels_of_a_set_become_int64():
    train = ImageSet(torch.zeros(2, 1, 8, 8), torch.tensor([0, 1]).int(), DIGITS, "x")
    assert train.labels.dtype == torch.int64


@pytest.mark.parametrize("kind", ["f4", "f8", ">f8"])
def test_numpy_arrays_give_the_floats_of_a_network(kind):
    array = np.arange(6).reshape(3, 2).astype(kind)
    [(X, y)] = Batches(array, np.array([0.0, 1.0, 2.0]), 3)
    assert X.dtype == y.dtype == torch.float32
    assert X.tolist() == array.tolist()


@pytest.mark.filterwarnings("error")
def test_numpy_arrays_that_may_not_be_written_or_run_backwards_are_taken():
    fixed = np.arange(4, dtype="f4")
    fixed.flags.writeable = False
    [(X, y)] = Batches(fixed, np.arange(4)[::-1], 4)
    assert X.tolist() == [0, 1, 2, 3] and y.tolist() == [3, 2, 1, 0]


@pytest.mark.parametrize("values", [[0, 1], (0.0, 1.0), [torch.zeros(3), torch.ones(3)]])
def test_a_list_of_numbers_or_of_tensors_is_taken(values):
    [(X, y)] = Batches(values, [0, 1], 2)
    assert isinstance(X, torch.Tensor) and len(X) == 2 and X.sum() == X[1].sum() > 0
    assert y.dtype == torch.int64


@pytest.mark.parametrize(
    "values", ["ab", np.array(["a", "b"]), np.array([{}, {}]), None, [[0], []]]
)
def test_what_is_no_array_of_numbers_is_refused_with_the_remedy(values):
    for X, y, name in ((values, torch.zeros(2), "X"), (torch.zeros(2), values, "y")):
        with pytest.raises(ValueError, match=f"{name}: expected a tensor .*found .*torch.tensor"):
            Batches(X, y, 1)


def test_a_single_number_is_no_batch():
    with pytest.raises(ValueError, match="X: expected one row per sample, found a single number"):
        Batches(torch.tensor(1.0), torch.zeros(1), 1)


def test_inputs_and_labels_on_two_devices_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"one device, found meta and cpu; use y.to\('meta'\)"):
        Batches(torch.zeros(2, 3, device="meta"), torch.zeros(2), 1)


@pytest.mark.parametrize(("count", "size"), [(9, 4), (8, 4), (4, 4), (0, 4)])
@pytest.mark.parametrize("shuffle", [False, True])
def test_drop_last_leaves_whole_batches_only(count, size, shuffle):
    batches = Batches(
        torch.zeros(count), torch.arange(count), size, shuffle=shuffle, drop_last=True
    )
    assert [len(y) for _, y in batches] == [size] * (count // size) and len(
        batches
    ) == count // size


def test_batch_normalization_learns_from_every_batch_that_drop_last_leaves():
    net = torch.nn.BatchNorm1d(3)
    X, y = torch.rand(9, 3), torch.arange(9)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        for batch, _ in Batches(X, y, 4):
            net(batch)
    for batch, _ in Batches(X, y, 4, drop_last=True):
        assert net(batch).shape == (4, 3)


def test_drop_last_that_would_leave_nothing_is_refused():
    with pytest.raises(ValueError, match="batch_size: expected at most the 3 samples"):
        Batches(torch.zeros(3), torch.zeros(3), 4, drop_last=True)
