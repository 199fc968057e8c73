"""Answers to the exercises of Part 5, classification."""

import torch
import torch.nn.functional as F

from d2lhelpers.checks import classification as c

module = c


def right_huber(prediction, y, delta):
    e = (prediction - y).abs()
    return torch.where(e < delta, 0.5 * e * e, delta * e - 0.5 * delta**2)


def smoothed(scores, y, epsilon, spread=None):
    k = scores.shape[1]
    target = (1 - epsilon) * F.one_hot(y, k) + epsilon / (spread or k)
    return -(target * F.log_softmax(scores, dim=1)).sum(dim=1).mean()


def step(net, optimizer, X, y, after=lambda o: None, before=lambda o: None, what=lambda o: o):
    before(optimizer)
    loss = F.cross_entropy(what(net(X)), y)
    loss.backward()
    optimizer.step()
    after(optimizer)
    return loss.item()


def by_autograd(scores, y, temperature):
    (gradient,) = torch.autograd.grad(
        F.cross_entropy(scores.requires_grad_() / temperature, y), scores
    )
    return gradient


def looped(y, predictions, k):
    matrix = torch.zeros(k, k, dtype=torch.int64)
    for i, j in zip(y, predictions):
        matrix[i, j] += 1
    return matrix


BY_HAND = {"softmax(0, 0), first": 0.5, "softmax(0, log 3), second": 0.75, "change": 0}
GUESSES = {
    "squared, with 88": 20,
    "absolute, with 88": 4,
    "Huber, with 88": 5.5,
    "squared, with 888": 180,
    "absolute, with 888": 4,
    "Huber, with 888": 5.5,
}
ENTROPY = 0.5003

RIGHT = {
    c.best_guesses: [(GUESSES,)],
    c.huber_loss: [
        (right_huber,),
        (lambda p, y, d: d * F.smooth_l1_loss(p, y, beta=d, reduction="none"),),
    ],
    c.mean_squared_error: [
        (lambda p, y: ((p.flatten() - y) ** 2).mean().item(),),  # a number, not a tensor
        (lambda p, y: ((p.double().reshape(-1) - y) ** 2).mean(),),
        (lambda p, y: F.mse_loss(p.squeeze(-1) if p.ndim > 1 else p, y),),
    ],
    c.quantile_loss: [
        (lambda p, y, q: (y - p) * (q - (y < p).float()),),
        (lambda p, y, q: torch.maximum(q * (y - p), (q - 1) * (y - p)),),
    ],
    c.softmax_by_hand: [(BY_HAND,), (BY_HAND | {"change": 0.0},)],
    c.log_softmax: [(lambda o: o - o.logsumexp(1, keepdim=True),), (torch.nn.LogSoftmax(dim=1),)],
    c.probabilities: [
        (torch.nn.Softmax(dim=1),),
        (lambda o: (o - o.logsumexp(1, keepdim=True)).exp(),),
    ],
    c.label_smoothing: [(smoothed, ENTROPY), (smoothed, torch.tensor(0.5))],
    c.temperature_gradient: [
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / T / len(o),),
        (
            lambda o, y, T: (lambda q: (q - F.one_hot(y, len(q[0]))) / (T * len(q)))(
                (o / T).softmax(1)
            ),
        ),
    ],
    c.count_parameters: [({"parameters": 307_300, "multiplications": 307_200},)],
    c.training_step: [
        (lambda *a: step(*a, before=lambda o: o.zero_grad()),),
        (lambda *a: step(*a, after=lambda o: o.zero_grad()),),
    ],
    c.confusion_matrix: [
        (looped,),
        (lambda y, p, k: torch.bincount(k * y + p, minlength=k * k).reshape(k, k),),
    ],
    c.top_accuracy: [
        (lambda o, y, n: (o.topk(n).indices == y[:, None]).any(1).double().mean(),),
        (lambda o, y, n: (o.argsort(descending=True)[:, :n] == y[:, None]).sum() / len(y),),
    ],
    c.shuffle_weights: [(lambda W, order: W[order],), (lambda W, o: W.double()[o],)],
}
WRONG = {
    c.best_guesses: [
        (GUESSES | {"squared, with 88": 4},),
        (GUESSES | {"absolute, with 888": 180},),
    ],
    c.huber_loss: [
        (lambda p, y, d: F.huber_loss(p, y, reduction="none"),),  # delta ignored
        (lambda p, y, d: torch.where((p - y).abs() < d, (p - y) ** 2 / 2, (p - y).abs() - d / 2),),
        (lambda p, y, d: F.huber_loss(p, y, delta=d),),  # averaged
        (lambda p, y, d: F.smooth_l1_loss(p, y, beta=d, reduction="none"),),
    ],
    c.mean_squared_error: [
        (lambda p, y: F.mse_loss(p[:, 0], y) if p.ndim > 1 else 0.0,),
        (lambda p, y: ((p - y) ** 2).mean(),),
        (lambda p, y: ((p - y[:, None]) ** 2).mean(),),  # right for (n, 1) only
        (lambda p, y: 0.5 * F.mse_loss(p.reshape(y.shape), y),),
    ],
    c.quantile_loss: [
        (lambda p, y, q: torch.maximum((1 - q) * (y - p), q * (p - y)),),  # the other side
        (lambda p, y, q: q * (y - p).abs(),),
        (lambda p, y, q: torch.maximum(q * (y - p), (q - 1) * (y - p)).mean(),),
    ],
    c.softmax_by_hand: [
        (BY_HAND | {"softmax(0, log 3), second": 2 / 3},),
        (BY_HAND | {"change": 100},),
    ],
    c.log_softmax: [
        (lambda o: torch.softmax(o, 1).log(),),
        (lambda o: o - o.exp().sum(1, keepdim=True).log(),),
        (lambda o: torch.log_softmax(o, 0),),
        (lambda o: o - o.max() - (o - o.max()).exp().sum(1, keepdim=True).log(),),
    ],
    c.probabilities: [
        (torch.nn.Softmax(dim=0),),
        (lambda o: o.exp() / o.exp().sum(1, keepdim=True),),
        (lambda o: o.clamp(-60, 60).softmax(1),),
        (lambda o: (w := (o - o.max()).exp() + 1e-12) / w.sum(1, keepdim=True),),
        (lambda o: torch.sigmoid(o),),
    ],
    c.label_smoothing: [
        (lambda o, y, e: F.cross_entropy(o, y), ENTROPY),
        (lambda o, y, e: smoothed(o, y, e, spread=o.shape[1] - 1), ENTROPY),
        (lambda o, y, e: smoothed(o.softmax(1).log(), y, e), ENTROPY),  # overflows
        (smoothed, 0.0),
        (smoothed, ...),
        (lambda o, y, e: F.cross_entropy(o, y, label_smoothing=e, reduction="sum"), ENTROPY),
    ],
    c.temperature_gradient: [
        (by_autograd,),
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / len(o),),
        (lambda o, y, T: (F.softmax(o / T, 1) - F.one_hot(y, o.shape[1])) / T,),
        (lambda o, y, T: (F.one_hot(y, o.shape[1]) - F.softmax(o / T, 1)) / T / len(o),),
    ],
    c.count_parameters: [
        ({"parameters": 307_200, "multiplications": 307_200},),
        ({"parameters": 102_500, "multiplications": 102_400},),
        ({"parameters": "many", "multiplications": 307_200},),
    ],
    c.training_step: [
        (step,),
        (lambda *a: step(*a, before=lambda o: o.zero_grad(), what=lambda o: o.softmax(dim=1)),),
        (lambda net, o, X, y: F.cross_entropy(net(X), y).item(),),  # never moves
        (lambda net, o, X, y: (o.zero_grad(), F.cross_entropy(net(X), y).backward(), 0.0)[2],),
    ],
    c.confusion_matrix: [
        (lambda y, p, k: looped(p, y, k),),  # transposed
        (lambda y, p, k: looped(y, p, int(max(y.max(), p.max())) + 1),),  # too small
        (lambda y, p, k: looped(y, p, k) / len(y),),
        (lambda y, p, k: torch.bincount(10 * y + p, minlength=100).reshape(10, 10)[:k, :k],),
    ],
    c.top_accuracy: [
        (lambda o, y, n: (o.argmax(1) == y).float().mean(),),
        (lambda o, y, n: (o.topk(n).indices == y[:, None]).float().mean(),),
        (lambda o, y, n: (o.topk(n, largest=False).indices == y[:, None]).any(1).float().mean(),),
    ],
    c.shuffle_weights: [
        (lambda W, order: W,),
        (lambda W, order: W[order.argsort()],),
        (lambda W, order: W[:, order % 10],),
    ],
}
PREDICTIONS = {c.best_guesses, c.softmax_by_hand, c.count_parameters}
EXTRA = {c.label_smoothing: (...,)}
