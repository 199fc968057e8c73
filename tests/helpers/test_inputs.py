"""What fit and evaluate make of other people's arrays, loaders, optimizers and interruptions."""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from d2lhelpers.data import Batches
from d2lhelpers.inputs import placed
from d2lhelpers.training import evaluate, fit


@pytest.fixture
def problem():
    torch.manual_seed(0)
    y = torch.arange(40) % 3
    return torch.randn(40, 2) + y[:, None], y, nn.Linear(2, 3)


def sgd(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=lr)


def test_an_optimizer_of_another_network_is_refused_before_the_first_epoch(problem):
    X, y, net = problem
    other, seen = nn.Linear(2, 3), []
    with pytest.raises(ValueError, match="optimizer: expected the parameters of this network"):
        fit(net, Batches(X, y, 8), optimizer=sgd(other), epochs=1, callbacks=[seen.append])
    assert not seen


def test_an_optimizer_made_before_a_layer_was_replaced_is_refused():
    net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 5))
    optimizer = sgd(net)
    net[2] = nn.Linear(4, 3)
    with pytest.raises(ValueError, match="found 2 of its 4 trainable ones and 2 of another"):
        fit(net, [(torch.randn(4, 2), torch.zeros(4).long())], optimizer=optimizer, epochs=1)


def test_an_optimizer_of_a_part_or_of_more_than_the_network_is_welcome(problem):
    X, y, _ = problem
    net = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 3))
    extra = nn.Parameter(torch.ones(()))
    before = copy.deepcopy(net.state_dict())
    fit(net, Batches(X, y, 8), optimizer=sgd(net[1]), epochs=1)
    assert torch.equal(net[0].weight, before["0.weight"])
    assert not torch.equal(net[1].weight, before["1.weight"])
    fit(net, Batches(X, y, 8), epochs=1, loss=lambda scores, y: F.cross_entropy(extra * scores, y),
        optimizer=torch.optim.SGD([*net.parameters(), extra], lr=0.1))  # fmt: skip
    assert extra != 1


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("net", lambda X: X),
        ("net", nn.Linear),
        ("optimizer", torch.optim.SGD),
        ("epochs", 2.0),
        ("epochs", -1),
        ("callbacks", print),
        ("train", 3),
        ("train", torch.zeros(4, 2)),
        ("train", [torch.zeros(2, 2), torch.zeros(2)]),
        ("train", [{"X": torch.zeros(2, 2), "y": torch.zeros(2)}]),
        ("train", TensorDataset(torch.zeros(4, 2), torch.zeros(4).long())),
        ("train", [("words", torch.zeros(2).long())]),
        ("test", 3),
    ],
)
def test_an_argument_of_another_kind_is_named(problem, argument, value):
    X, y, net = problem
    batches = Batches(X, y, 8)
    arguments = {"net": net, "train": batches, "test": batches, "optimizer": sgd(net), "epochs": 1}
    with pytest.raises(ValueError, match=rf"^{argument}\b.*: expected .*, found .*; "):
        fit(**arguments | {argument: value})


class Endless(IterableDataset):
    """A data set that cannot say how long it is."""

    def __init__(self, X, y):
        self.X, self.y = X, y

    def __iter__(self):
        return zip(self.X, self.y)


def test_a_loader_without_length_trains_like_one_with(problem, capsys):
    X, y, net = problem
    other = copy.deepcopy(net)
    fit(net, DataLoader(Endless(X, y), 16), optimizer=sgd(net), epochs=2)
    assert "2 epochs in" in capsys.readouterr().out
    fit(other, Batches(X, y, 16), optimizer=sgd(other), epochs=2)
    torch.testing.assert_close(net.weight, other.weight)


def test_a_generator_is_read_once_and_refused_for_more_epochs(problem):
    X, y, net = problem

    def batches():
        yield from Batches(X, y, 16)

    assert fit(net, batches(), optimizer=sgd(net), epochs=1).samples == [40]
    assert evaluate(net, batches()) == evaluate(net, Batches(X, y, 16))
    for argument in ("train", "test"):
        sources = {"train": Batches(X, y, 16), argument: batches()}
        with pytest.raises(ValueError, match=rf"{argument}: .* generator, which is empty after"):
            fit(net, **sources, optimizer=sgd(net), epochs=2)
    with pytest.raises(ValueError, match="train: expected at least one batch"):
        fit(net, iter(()), optimizer=sgd(net), epochs=1)


@pytest.mark.parametrize("kind", [torch.uint8, torch.int8, torch.int16, torch.int32])
def test_labels_of_short_integers_train_like_long_ones(problem, kind):
    X, y, net = problem
    loss = nn.CrossEntropyLoss(ignore_index=2)
    assert evaluate(net, Batches(X, y.to(kind), 16), loss=loss) == pytest.approx(
        evaluate(net, Batches(X, y, 16), loss=loss)
    )
    fit(net, Batches(X, y.to(kind), 16), optimizer=sgd(net), epochs=1)


@pytest.mark.parametrize(
    "turned",
    [
        lambda X: X,
        lambda X: X.astype(np.float16).astype(np.float64),
        lambda X: X[::-1].copy()[::-1],
        lambda X: np.broadcast_to(X, X.shape),
        pd.DataFrame,
    ],
    ids=["float32", "float64", "reversed", "read-only", "table"],
)
def test_numpy_arrays_train_like_tensors(problem, turned, recwarn):
    X, y, net = problem
    X = X.half().float()
    other = copy.deepcopy(net)
    arrays = [
        (turned(X[rows].numpy()), y[rows].int().numpy()) for rows in torch.arange(40).split(8)
    ]
    history = fit(net, arrays, arrays, optimizer=sgd(net), epochs=2)
    assert (
        history.train_loss
        == fit(other, Batches(X, y, 8), optimizer=sgd(other), epochs=2).train_loss
    )
    torch.testing.assert_close(net.weight, other.weight)
    assert not recwarn.list


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_floats_take_the_type_of_the_weights(dtype):
    net = nn.Linear(2, 1).to(dtype)
    for given in (torch.float16, torch.float32, torch.float64):
        batches = [(torch.ones(4, 2, dtype=given), torch.ones(4, 1, dtype=given))]
        fit(net, batches, batches, optimizer=sgd(net), epochs=1, loss=F.mse_loss)


@pytest.mark.parametrize("net", [nn.Linear(4, 3), nn.Sequential(nn.Conv1d(2, 3, 2), nn.Flatten())])
def test_images_of_whole_numbers_are_named_with_a_remedy(net):
    X = torch.ones(4, 4) if isinstance(net, nn.Linear) else torch.ones(4, 2, 2)
    with pytest.raises(ValueError, match=r"X has another type than the weights; use X.float\(\)"):
        evaluate(net, [(X.byte(), torch.zeros(4).long())])


def test_a_last_batch_of_one_before_batch_normalization_is_named_with_the_remedy(problem):
    X, y, _ = problem
    net = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Linear(4, 3))
    with pytest.raises(ValueError, match=r"one sample, .*Batches\(\.\.\., drop_last=True\)"):
        fit(net, Batches(X, y, 13), optimizer=sgd(net), epochs=1)
    assert evaluate(net, Batches(X, y, 13))[0] > 0, "evaluation needs no spread"


def test_a_loss_without_a_way_back_to_the_weights_is_explained(problem):
    X, y, net = problem
    with pytest.raises(ValueError, match="no gradient leads from the loss to a weight"):
        fit(net, Batches(X, y, 8), optimizer=sgd(net), epochs=1,
            loss=lambda scores, y: F.cross_entropy(scores.detach(), y))  # fmt: skip


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("where", ["callback", "training", "evaluation"])
def test_what_stops_a_run_carries_the_epochs_so_far(problem, stop, where, capsys):
    X, y, net = problem
    epochs = []

    def ends_in_the_fourth_epoch():
        for number, batch in enumerate(Batches(X, y, 8)):
            if len(epochs) == 3 and number == 2:
                raise stop
            yield batch

    class Source:
        def __iter__(self):
            return ends_in_the_fourth_epoch()

    def after_epoch(history):
        epochs.append(1)
        if where == "callback" and len(epochs) == 3:
            raise stop

    batches = Batches(X, y, 8)
    train = Source() if where == "training" else batches
    test = Source() if where == "evaluation" else batches
    with pytest.raises(stop) as caught:
        fit(net, train, test, optimizer=sgd(net), epochs=9, callbacks=[after_epoch])
    history = caught.value.history
    lists = (history.train_loss, history.train_accuracy, history.test_loss,
             history.test_accuracy, history.seconds, history.samples)  # fmt: skip
    assert [len(values) for values in lists] == [3] * 6
    assert "stopped after" in capsys.readouterr().out


class Watched(torch.Tensor):
    """Notes how it is copied."""

    def to(self, *arguments, non_blocking=False, **options):
        Watched.waits.append(not non_blocking)
        return torch.Tensor.to(self.as_subclass(torch.Tensor), *arguments, **options)


def test_copies_to_other_devices_than_cuda_are_waited_for():
    Watched.waits = []
    X, y = torch.ones(2, 2).as_subclass(Watched), torch.ones(2).as_subclass(Watched)
    ((moved, _),) = placed([(X, y)], nn.Linear(2, 3, device="meta"), "train")
    assert moved.device.type == "meta"
    assert Watched.waits and all(Watched.waits)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize(("pinned", "source"), [(True, "cpu"), (False, "cpu"), (False, "cuda")])
def test_copies_to_cuda_are_waited_for_unless_the_memory_is_pinned(pinned, source):
    Watched.waits = []
    X = torch.ones(2, 2, device=source)
    X = (X.pin_memory() if pinned else X).as_subclass(Watched)
    list(placed([(X, X)], nn.Linear(2, 3, device="cuda"), "train"))
    list(placed([(X, X)], nn.Linear(2, 3), "train"))
    assert all(Watched.waits) != pinned
