"""Answers to the exercises on softmax regression."""

import torch
import torch.nn.functional as F

from d2lhelpers.checks.classification import softmax_regression as c

module = c


def step(net, optimizer, X, y, after=lambda o: None, before=lambda o: None, what=lambda o: o):
    before(optimizer)
    loss = F.cross_entropy(what(net(X)), y)
    loss.backward()
    optimizer.step()
    after(optimizer)
    return loss.item()


def looped(y, predictions, k):
    matrix = torch.zeros(k, k, dtype=torch.int64)
    for i, j in zip(y, predictions):
        matrix[i, j] += 1
    return matrix


RIGHT = {
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
PREDICTIONS = {c.count_parameters}
