"""What the recorded loss and accuracy are means over, and the shapes that are refused."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from d2lhelpers.data import Batches
from d2lhelpers.training import evaluate, fit

WEIGHT = torch.tensor([0.2, 1.0, 5.0])


def sgd(net, lr=0.0):
    return torch.optim.SGD(net.parameters(), lr=lr)


@pytest.fixture
def problem():
    """Forty points of three classes, every fourth label ignored, and a linear network."""
    torch.manual_seed(0)
    y = torch.arange(40) % 3
    X = torch.randn(40, 2) + y[:, None]
    y[::4] = -100
    return X, y, nn.Linear(2, 3)


def both_ways(net, batches, loss):
    """The loss and accuracy of ``evaluate``, and those that ``fit`` records at rate 0."""
    history = fit(net, batches, batches, optimizer=sgd(net), epochs=1, loss=loss, progress=False)
    assert history.test_loss == pytest.approx(history.train_loss, abs=1e-5)
    assert history.test_accuracy == history.train_accuracy
    return evaluate(net, batches, loss=loss)


@pytest.mark.parametrize("size", [1, 3, 8, 39, 40])
@pytest.mark.parametrize(
    "loss",
    [
        F.cross_entropy,
        nn.CrossEntropyLoss(weight=WEIGHT),
        nn.CrossEntropyLoss(weight=WEIGHT, label_smoothing=0.2),
        nn.CrossEntropyLoss(ignore_index=1),
        partial(F.cross_entropy, weight=WEIGHT),
        partial(partial(F.cross_entropy, weight=WEIGHT), ignore_index=2),
        lambda scores, y: F.nll_loss(scores.log_softmax(dim=1), y),
    ],
    ids=["ignored", "weights", "weights and smoothing", "another ignored", "partial", "two", "own"],
)
def test_ignored_labels_and_class_weights_leave_the_loss_exact_for_any_batch_size(
    problem, size, loss
):
    X, y, net = problem
    if getattr(loss, "ignore_index", -100) != -100 or "ignore_index" in getattr(
        loss, "keywords", {}
    ):
        y = y.where(y >= 0, 0)
    found, _ = both_ways(net, Batches(X, y, size), loss)
    assert found == pytest.approx(loss(net(X), y).item(), abs=1e-5)


@pytest.mark.parametrize(("ignored", "loss"), [
    (-100, F.cross_entropy), (0, nn.CrossEntropyLoss(ignore_index=0)),
    (-1, nn.CrossEntropyLoss(weight=WEIGHT, ignore_index=-1)),
    (255, partial(F.cross_entropy, ignore_index=255)),
])  # fmt: skip
def test_accuracy_is_the_share_of_hits_among_the_labels_that_count(problem, ignored, loss):
    X, y, net = problem
    y = y.where(y >= 0, ignored)
    kept = y != ignored
    _, accuracy = both_ways(net, Batches(X, y, 7), loss)
    assert accuracy == pytest.approx((net(X).argmax(dim=1) == y)[kept].double().mean().item())


def test_a_batch_whose_labels_are_all_ignored_counts_for_nothing(problem):
    X, y, net = problem
    y[:10] = -100
    found, _ = both_ways(net, Batches(X, y, 10), F.cross_entropy)
    assert found == pytest.approx(F.cross_entropy(net(X), y).item(), abs=1e-5)
    y[:] = -100
    with pytest.raises(ValueError, match="found only ignored ones"):
        evaluate(net, Batches(X, y, 10))


class PerPlace(nn.Module):
    """Scores (B, 4, 7), one of four classes at each of seven places."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(5, 28)

    def forward(self, X):
        return self.linear(X).unflatten(1, (4, 7))


def test_with_a_label_at_each_place_accuracy_counts_the_places():
    torch.manual_seed(0)
    net, X, y = PerPlace(), torch.randn(30, 5), torch.randint(4, (30, 7))
    y[:, 5:] = -100
    loss, accuracy = both_ways(net, Batches(X, y, 8), F.cross_entropy)
    right = net(X).argmax(dim=1) == y
    assert accuracy == pytest.approx(right[y >= 0].double().mean().item())
    assert loss == pytest.approx(F.cross_entropy(net(X), y).item(), abs=1e-5)


def test_there_is_no_accuracy_where_the_shapes_are_not_those_of_classes():
    net = nn.Sequential(nn.Linear(5, 28), nn.Unflatten(1, (7, 4)))  # the classes on the last axis

    def loss(scores, y):
        return F.cross_entropy(scores.flatten(0, 1), y.flatten())

    X, y = torch.randn(30, 5), torch.randint(4, (30, 7))
    assert math.isnan(evaluate(net, Batches(X, y, 8), loss=loss)[1])
    counts = torch.randint(9, (30, 28))
    net = nn.Linear(5, 28)
    assert math.isnan(evaluate(net, Batches(X, counts, 8), loss=F.mse_loss)[1])


def test_series_of_different_lengths_count_by_their_numbers():
    batches = [(torch.zeros(2, 3), torch.ones(2, 3)), (torch.zeros(2, 1), 3 * torch.ones(2, 1))]
    assert evaluate(nn.Identity(), batches, loss=F.mse_loss)[0] == pytest.approx((6 + 18) / 8)


@pytest.mark.parametrize(
    "loss",
    [
        lambda scores, y: F.cross_entropy(scores, y, weight=WEIGHT),
        lambda scores, y: F.cross_entropy(scores, y, ignore_index=1),
        lambda scores, y: F.cross_entropy(scores, y, reduction="sum"),
        nn.CrossEntropyLoss(reduction="sum"),
        partial(F.cross_entropy, reduction="sum"),
        lambda scores, y: F.cross_entropy(scores, y).sqrt(),
    ],
)
def test_a_loss_whose_record_would_depend_on_the_batch_size_is_refused(problem, loss):
    X, y, net = problem
    batches = Batches(X, y.where(y >= 0, 0), 16)
    with pytest.raises(ValueError, match="loss: expected the mean over"):
        evaluate(net, batches, loss=loss)
    with pytest.raises(ValueError, match="loss: expected the mean over"):
        fit(net, batches, optimizer=sgd(net), epochs=1, loss=loss)


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        (nn.CrossEntropyLoss(reduction="none"), r"shape \(16,\)"),
        (lambda scores, y: 0.5, "float"),
        (nn.CrossEntropyLoss, "CrossEntropyLoss"),
    ],
)
def test_a_loss_that_gives_no_single_number_is_named(problem, loss, found):
    X, y, net = problem
    with pytest.raises(ValueError, match=f"loss: expected a function that gives one.*{found}"):
        fit(net, Batches(X, y, 16), optimizer=sgd(net), epochs=1, loss=loss)


def squared(scores, y):
    return ((scores - y) ** 2).mean()


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("loss", [squared, F.mse_loss, nn.L1Loss(), nn.HuberLoss()])
@pytest.mark.parametrize(
    ("outputs", "labels"), [((1,), ()), ((), (1,)), ((1, 1), (1,)), ((1,), (1, 1))]
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int32, torch.int64])
def test_a_loss_that_would_compare_all_with_all_is_refused_with_both_shapes(
    loss, outputs, labels, dtype
):
    net = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0), nn.Unflatten(0, (-1, *outputs)))
    batches = Batches(torch.randn(8, 3), torch.ones(8, *labels, dtype=dtype), 8)
    shapes = rf"found \({', '.join(map(str, (8, *outputs)))},?\) and \(8"
    with pytest.raises(ValueError, match=f"scores and labels: expected the same shape, {shapes}"):
        fit(net, batches, optimizer=sgd(net), epochs=1, loss=loss)
    with pytest.raises(ValueError, match=shapes):
        evaluate(net, batches, loss=loss)


@pytest.mark.parametrize("labels", [(3,), (8, 1), (8, 5)])
def test_torchs_elementwise_losses_ask_for_equal_shapes(labels):
    net = nn.Linear(3, 3)
    with pytest.raises(ValueError, match=r"found \(8, 3\) and"):
        evaluate(net, [(torch.randn(8, 3), torch.ones(labels))], loss=F.mse_loss)


@pytest.mark.parametrize(
    ("y", "remedy"),
    [
        (torch.zeros(8, 1).long(), r"use y.squeeze\(1\)"),
        (torch.zeros(8), r"use y.long\(\)"),
        (torch.eye(3)[:1].expand(8, 3).long(), r"use y.argmax\(dim=1\)"),
        (torch.zeros(8, 2).long(), "axis 1"),
    ],
)
def test_labels_that_cross_entropy_cannot_read_are_named_with_a_remedy(y, remedy):
    net = nn.Linear(3, 3)
    with pytest.raises(ValueError, match=rf"found \(8, 3\) and .*{remedy}"):
        fit(net, Batches(torch.randn(8, 3), y, 8), optimizer=sgd(net), epochs=1)


def test_one_score_for_class_labels_is_no_classification():
    with pytest.raises(ValueError, match=r"found \(8, 1\) and \(8,\)"):
        evaluate(nn.Linear(3, 1), [(torch.randn(8, 3), torch.zeros(8).long())])


def test_shapes_that_a_loss_of_ones_own_understands_are_left_to_it():
    def normal(scores, y):  # mean and logarithm of the variance for each label
        mean, log_variance = scores.chunk(2, dim=1)
        return F.gaussian_nll_loss(mean, y.reshape(-1, 1), log_variance.exp())

    net = nn.Linear(3, 2)
    for y in (torch.randn(8), torch.randn(8, 1)):
        loss, accuracy = evaluate(net, Batches(torch.randn(8, 3), y, 3), loss=normal)
        assert math.isfinite(loss) and math.isnan(accuracy)


def test_probabilities_as_labels_are_averaged_exactly():
    net, X, y = nn.Linear(3, 4), torch.randn(9, 3), torch.rand(9, 4).softmax(dim=1)
    loss = nn.CrossEntropyLoss(weight=torch.rand(4))
    found, accuracy = evaluate(net, Batches(X, y, 4), loss=loss)
    assert found == pytest.approx(loss(net(X), y).item(), abs=1e-6) and math.isnan(accuracy)


def test_a_net_that_returns_more_than_scores_is_named():
    net = nn.LSTM(3, 2, batch_first=True)
    with pytest.raises(ValueError, match="net: expected a tensor of scores, found tuple"):
        evaluate(net, [(torch.randn(8, 4, 3), torch.randn(8, 4, 2))], loss=F.mse_loss)
