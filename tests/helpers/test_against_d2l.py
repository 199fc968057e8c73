"""Our helpers against d2l 0.17.0, the package of the book that many readers come from.

Where the two differ on purpose, the difference stands in a test of its own, with the reason;
a difference that stands in none fails.
"""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from d2lhelpers.data import Batches
from d2lhelpers.training import evaluate, fit

d2l = pytest.importorskip("d2l.torch")


@pytest.fixture
def problem():
    torch.manual_seed(0)
    y = torch.arange(50) % 3
    return torch.randn(50, 4) + y[:, None], y, nn.Linear(4, 3)


def test_accuracy_is_the_same(problem):
    X, y, net = problem
    batches = Batches(X, y, 16)
    assert evaluate(net, batches)[1] == pytest.approx(d2l.evaluate_accuracy(net, batches))


def test_an_epoch_of_training_ends_at_the_same_weights(problem):
    X, y, net = problem
    theirs = nn.Linear(4, 3)
    theirs.load_state_dict(net.state_dict())
    batches = Batches(X, y, 16)
    history = fit(net, batches, optimizer=torch.optim.SGD(net.parameters(), lr=0.1), epochs=1)
    loss, accuracy = d2l.train_epoch_ch3(
        theirs, batches, nn.CrossEntropyLoss(), torch.optim.SGD(theirs.parameters(), lr=0.1)
    )
    torch.testing.assert_close(net.weight, theirs.weight)
    assert history.train_accuracy[0] == pytest.approx(accuracy)
    assert history.train_loss[0] == pytest.approx(loss, rel=1e-5)


def test_difference_evaluate_loss_with_a_mean_loss():
    """d2l adds batch means and divides by their number of elements: 5.0 where 2.6 is right."""
    batches = [(torch.zeros(4, 1), torch.ones(4, 1)), (torch.zeros(1, 1), 3 * torch.ones(1, 1))]
    ours, _ = evaluate(nn.Identity(), batches, loss=F.mse_loss)
    assert ours == pytest.approx((4 * 1 + 1 * 9) / 5)
    assert d2l.evaluate_loss(nn.Identity(), batches, nn.MSELoss()) == pytest.approx(5.0)


def test_difference_evaluation_leaves_the_mode_alone(problem):
    """d2l leaves the network in evaluation mode, so that a later dropout layer does nothing."""
    X, y, net = problem
    batches = Batches(X, y, 16)
    net.train()
    evaluate(net, batches)
    assert net.training
    d2l.evaluate_accuracy(net, batches)
    assert not net.training


def test_difference_a_loss_that_is_not_finite_is_an_error(problem):
    """d2l goes on to train with nan."""
    X, y, net = problem
    X[0] = torch.nan
    batches = Batches(X, y, 16)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    with pytest.raises(FloatingPointError, match="epoch 1, batch 1"):
        fit(net, batches, optimizer=optimizer, epochs=1)
    d2l.train_epoch_ch3(net, batches, nn.CrossEntropyLoss(), optimizer)
