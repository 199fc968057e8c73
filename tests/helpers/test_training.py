"""fit, evaluate and History, against a loop written out by hand."""

import ast
import copy
import inspect
import math
import re

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from d2lhelpers import training
from d2lhelpers.data import Batches
from d2lhelpers.training import History, evaluate, fit


@pytest.fixture
def problem():
    """Forty points of three classes, and a linear network."""
    torch.manual_seed(0)
    y = torch.arange(40) % 3
    return torch.randn(40, 2) + y[:, None], y, nn.Linear(2, 3)


def sgd(net, lr=0.1):
    return torch.optim.SGD(net.parameters(), lr=lr)


def test_fit_ends_where_a_plain_loop_ends(problem):
    X, y, net = problem
    other = nn.Linear(2, 3)
    other.load_state_dict(net.state_dict())

    torch.manual_seed(1)
    fit(net, Batches(X, y, 16, shuffle=True), optimizer=sgd(net), epochs=3)

    torch.manual_seed(1)
    optimizer = sgd(other)
    for _ in range(3):
        for rows in torch.randperm(40).split(16):
            optimizer.zero_grad()
            F.cross_entropy(other(X[rows]), y[rows]).backward()
            optimizer.step()
    torch.testing.assert_close(net.weight, other.weight)
    torch.testing.assert_close(net.bias, other.bias)


def test_the_history_has_one_true_number_per_epoch(problem):
    X, y, net = problem
    history = fit(net, Batches(X, y, 16), Batches(X, y, 7), optimizer=sgd(net), epochs=2)
    assert history.samples == [40, 40] and len(history.seconds) == 2 and history.epochs == 2
    last = history.test_loss[-1], history.test_accuracy[-1]
    assert last == pytest.approx(evaluate(net, Batches(X, y, 40)), abs=1e-6)
    assert len(history.train_loss) == len(history.train_accuracy) == 2


def test_regression_has_a_loss_and_no_accuracy(problem):
    X, _, _ = problem
    net = nn.Linear(2, 1)
    target = X.sum(dim=1, keepdim=True)
    history = fit(net, Batches(X, target, 8), optimizer=sgd(net), epochs=30, loss=F.mse_loss)
    assert history.train_loss[-1] < 0.1 * history.train_loss[0]
    assert history.train_accuracy == [] and "accuracy" not in history.summary()
    assert math.isnan(evaluate(net, Batches(X, target, 8), loss=F.mse_loss)[1])


@pytest.mark.parametrize("size", [1, 3, 7, 16, 39, 40])
def test_evaluate_is_exact_however_the_data_are_cut(problem, size):
    X, y, net = problem
    scores = net(X)
    loss, accuracy = evaluate(net, Batches(X, y, size))
    assert loss == pytest.approx(F.cross_entropy(scores, y).item(), abs=1e-6)
    assert accuracy == pytest.approx((scores.argmax(dim=1) == y).double().mean().item(), abs=1e-9)


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=12), mode=st.booleans())
def test_any_split_of_the_data_gives_the_same_value_and_leaves_the_mode(sizes, mode):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(), nn.Linear(8, 3))
    net.train(mode)
    X, y = torch.randn(sum(sizes), 4), torch.randint(3, (sum(sizes),))
    cut = list(zip(X.split(sizes), y.split(sizes)))
    whole = evaluate(net, [(X, y)])
    assert evaluate(net, cut) == pytest.approx(whole, abs=1e-6)
    assert evaluate(net, cut[::-1]) == pytest.approx(whole, abs=1e-6)
    assert all(module.training == mode for module in net.modules())


@pytest.mark.parametrize("mode", [True, False])
def test_evaluate_leaves_mode_gradients_and_weights_as_they_were(problem, mode):
    X, y, _ = problem
    net = nn.Sequential(nn.Linear(2, 8), nn.Dropout(), nn.BatchNorm1d(8), nn.Linear(8, 3))
    net.train(mode)
    net[2].eval()  # one part in another mode than the rest
    before = {name: value.clone() for name, value in net.state_dict().items()}
    evaluate(net, Batches(X, y, 8))
    assert net.training == mode and net[1].training == mode and not net[2].training
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert torch.is_grad_enabled() and all(p.grad is None for p in net.parameters())


def test_evaluate_uses_evaluation_mode_and_restores_it_after_an_error(problem):
    X, y, _ = problem
    net = nn.Sequential(nn.Dropout(0.9), nn.Linear(2, 3))
    assert evaluate(net, Batches(X, y, 8)) == evaluate(net, Batches(X, y, 8))
    with pytest.raises(RuntimeError):
        evaluate(net, Batches(torch.zeros(4, 5), torch.zeros(4).long(), 2))
    assert net.training


def test_a_loss_that_is_not_finite_stops_with_epoch_batch_and_rate(problem):
    X, y, net = problem
    X[20] = torch.inf
    with pytest.raises(FloatingPointError, match=r"epoch 1, batch 3 of 5, at learning rate 0.25"):
        fit(net, Batches(X, y, 8), optimizer=sgd(net, 0.25), epochs=2)


@pytest.mark.parametrize("label", [3, -1])
def test_a_label_without_a_score_is_explained(problem, label):
    X, y, net = problem
    y[5] = label
    with pytest.raises(ValueError, match=r"labels: expected classes in 0..2"):
        fit(net, Batches(X, y, 8), optimizer=sgd(net), epochs=1)
    with pytest.raises(ValueError, match=r"labels: expected classes in 0..2"):
        evaluate(net, Batches(X, y, 8))


def test_no_data_is_said(problem):
    _, _, net = problem
    empty = Batches(torch.zeros(0, 2), torch.zeros(0).long(), 8)
    with pytest.raises(ValueError, match="train: expected at least one batch"):
        fit(net, empty, optimizer=sgd(net), epochs=1)
    with pytest.raises(ValueError, match="batches: expected at least one sample"):
        evaluate(net, empty)


def test_callbacks_see_the_history_after_every_epoch(problem):
    X, y, net = problem
    seen = []
    fit(net, Batches(X, y, 8), optimizer=sgd(net), epochs=3,
        callbacks=[lambda history: seen.append(len(history.train_loss))])  # fmt: skip
    assert seen == [1, 2, 3]


def test_a_data_loader_does_as_well_as_batches(problem):
    X, y, net = problem
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=16)
    assert evaluate(net, loader) == pytest.approx(evaluate(net, Batches(X, y, 16)))


def test_outside_a_notebook_the_summary_is_left_or_nothing(problem, capsys):
    X, y, net = problem
    history = fit(net, Batches(X, y, 8), Batches(X, y, 8), optimizer=sgd(net), epochs=2)
    assert capsys.readouterr().out == history.summary() + "\n"
    assert re.fullmatch(
        r"accuracy 0\.\d{4} \(test 0\.\d{4}\), loss \d\.\d{4} \(test \d\.\d{4}\)\n"
        r"2 epochs in [\d.]+ s, [\d,]+ samples/s",
        history.summary(),
    )
    fit(net, Batches(X, y, 8), optimizer=sgd(net), epochs=2, progress=False)
    assert capsys.readouterr().out == ""


def test_no_line_of_a_summary_is_wider_than_a_page():
    scores = {"train_loss": [12.3], "train_accuracy": [0.5]}
    tested = {"test_loss": [12.3], "test_accuracy": [0.5]}
    times = {"seconds": [12.34] * 100, "samples": [10**8] * 100}
    alone, both = History(**scores, **times), History(**scores, **tested, **times)
    losses = History(train_loss=[12.3], test_loss=[12.3], **times)
    for history, lines in ((alone, 1), (losses, 1), (both, 2)):
        found = history.summary().splitlines()
        assert len(found) == lines and max(map(len, found)) <= 78


def test_an_empty_history_has_a_summary():
    assert History().summary() == "no epoch run"


def test_fit_stays_short_enough_to_be_read():
    lines = len(inspect.getsource(training.fit).splitlines())
    docstring = ast.parse(inspect.getsource(training.fit)).body[0].body[0]
    assert lines - (docstring.end_lineno - docstring.lineno + 1) <= 40


DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("where", DEVICES)
def test_inside_autocast_fit_learns_as_without_it(problem, where):
    X, y, net = problem
    X, y, net = X.to(where), y.to(where), net.to(where)
    other = copy.deepcopy(net)
    plain = fit(other, Batches(X, y, 8), Batches(X, y, 8), optimizer=sgd(other), epochs=5)
    with torch.autocast(where, torch.bfloat16):
        half = fit(net, Batches(X, y, 8), Batches(X, y, 8), optimizer=sgd(net), epochs=5)
        inside = evaluate(net, Batches(X, y, 8))
    assert plain.train_loss[-1] < 0.9 * plain.train_loss[0]
    assert half.train_loss == pytest.approx(plain.train_loss, rel=0.02)
    assert half.test_loss == pytest.approx(plain.test_loss, rel=0.02)
    assert inside == pytest.approx((half.test_loss[-1], half.test_accuracy[-1]))
    assert net.weight.dtype == torch.float32


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_a_gpu_fit_ends_where_it_ends_on_a_cpu(problem):
    X, y, net = problem
    other = copy.deepcopy(net).cuda()
    fit(net, Batches(X, y, 16), optimizer=sgd(net), epochs=3)
    fit(other, Batches(X, y, 16), optimizer=sgd(other), epochs=3)
    torch.testing.assert_close(other.weight.cpu(), net.weight, rtol=1e-4, atol=1e-5)
    fit(other, Batches(X.cuda(), y.cuda(), 16), optimizer=sgd(other), epochs=1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_a_gpu_the_same_numbers_come_out(problem):
    X, y, net = problem
    loss, accuracy = evaluate(net, Batches(X, y, 16))
    on_gpu = evaluate(net.cuda(), Batches(X, y, 16))
    assert on_gpu == pytest.approx((loss, accuracy), abs=1e-5)
