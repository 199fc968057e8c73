"""Answers to the exercises on softmax regression."""

import numpy as np
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


def by_log_softmax(net, optimizer, X, y):
    net.zero_grad(set_to_none=False)
    loss = -net(X).log_softmax(dim=1).gather(1, y[:, None]).mean()
    loss.backward()
    optimizer.step()
    return loss.detach()


def log_of_softmax(net, optimizer, X, y):
    optimizer.zero_grad()
    loss = F.nll_loss(net(X).softmax(dim=1).log(), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def without_the_optimizer(net, optimizer, X, y):
    net.zero_grad()
    loss = F.cross_entropy(net(X), y)
    loss.backward()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter -= 0.5 * parameter.grad
    return loss.item()


def by_its_rate(net, optimizer, X, y):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(X), y)
    loss.backward()
    with torch.no_grad():
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter -= group["lr"] * parameter.grad
    return loss.item()


def by_log_sum_exp(net, optimizer, X, y):
    for parameter in net.parameters():
        parameter.grad = None
    scores = net(X)
    loss = scores.logsumexp(dim=1).sub(scores[range(len(y)), y]).mean()
    loss.backward()
    optimizer.step()
    return np.float64(loss.item())


def by_torch_grad(net, optimizer, X, y):
    loss = F.cross_entropy(net(X), y)
    parameters = list(net.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient
    optimizer.step()
    return loss.detach().numpy()


def cleared_by_the_optimizer(net, optimizer, X, y):  # which may hold fewer than the net
    loss = F.cross_entropy(net(X), y)
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.grad = None
    loss.backward()
    optimizer.step()
    return loss.item()


def sum_of_losses(net, optimizer, X, y):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(X), y, reduction="sum")
    loss.backward()
    optimizer.step()
    return loss.item() / len(y)


def moved_without_bias(net, optimizer, X, y):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(X), y)
    loss.backward()
    net.bias.grad = None
    optimizer.step()
    return loss.item()


def cleared_in_between(net, optimizer, X, y):  # before the step it throws away what it needs
    loss = F.cross_entropy(net(X), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def loss_afterwards(net, optimizer, X, y):
    step(net, optimizer, X, y, before=lambda o: o.zero_grad())
    return F.cross_entropy(net(X), y).item()


def added_in_place(y, p, k):
    matrix = np.zeros((k, k))
    np.add.at(matrix, (y.numpy(), p.numpy()), 1)
    return matrix


def added_by_index(y, p, k):
    return torch.zeros(k, k).index_put_((y, p), torch.ones(len(y)), accumulate=True)


def counted_in_bytes(y, predictions, k):
    ones = torch.ones(len(y), dtype=torch.uint8)
    return torch.zeros(k, k, dtype=torch.uint8).index_put_((y, predictions), ones, accumulate=True)


def not_accumulated(y, p, k):
    matrix = torch.zeros(k, k)
    matrix[y, p] += 1
    return matrix


def top_in_python(scores, y, n):
    found = 0
    for row, true in zip(scores.tolist(), y.tolist()):
        found += true in sorted(range(len(row)), key=lambda j: -row[j])[:n]
    return found / len(y)


RIGHT = {
    c.count_parameters: [
        ({"parameters": 307_300, "multiplications": 307_200},),
        ({"parameters": torch.tensor(307_300), "multiplications": 3.072e5},),
    ],
    c.training_step: [
        (lambda *a: step(*a, before=lambda o: o.zero_grad()),),
        (lambda *a: step(*a, after=lambda o: o.zero_grad()),),
        (by_log_softmax,),
        (by_log_sum_exp,),
        (by_torch_grad,),
        (cleared_by_the_optimizer,),
    ],
    c.confusion_matrix: [
        (looped,),
        (lambda y, p, k: torch.bincount(k * y + p, minlength=k * k).reshape(k, k),),
        (lambda y, p, k: F.one_hot(y, k).T @ F.one_hot(p, k),),
        (added_in_place,),
        (lambda y, p, k: looped(y, p, k).tolist(),),
        (
            lambda y, p, k: torch.stack(
                [((y == i) & (p == j)).sum() for i in range(k) for j in range(k)]
            ).view(k, k),
        ),
        (
            lambda y, p, k: torch.zeros(k, k).index_put_(
                (y, p), torch.ones(len(y)), accumulate=True
            ),
        ),
    ],
    c.top_accuracy: [
        (top_in_python,),
        (lambda o, y, n: (o.topk(n).indices == y[:, None]).any(1).double().mean(),),
        (lambda o, y, n: (o.argsort(descending=True)[:, :n] == y[:, None]).sum() / len(y),),
        (lambda o, y, n: (o.gather(1, y[:, None]) >= o.sort(1).values[:, [-n]]).numpy().mean(),),
    ],
    c.shuffle_weights: [
        (lambda W, order: W[order],),
        (lambda W, o: W.double()[o],),
        (lambda W, order: torch.eye(784)[order] @ W,),
        (lambda W, order: np.take(W.numpy(), order.numpy(), axis=0).tolist(),),
    ],
}
WRONG = {
    c.count_parameters: [
        ({"parameters": 307_200, "multiplications": 307_200},),
        ({"parameters": 102_500, "multiplications": 102_400},),
        ({"parameters": "many", "multiplications": 307_200},),
        ({"parameters": 307_300.4, "multiplications": 307_200},),
        ({"parameters": 307_300, "multiplications": 307_300},),
    ],
    c.training_step: [
        (step,),
        (lambda *a: step(*a, before=lambda o: o.zero_grad(), what=lambda o: o.softmax(dim=1)),),
        (lambda net, o, X, y: F.cross_entropy(net(X), y).item(),),  # never moves
        (lambda net, o, X, y: (o.zero_grad(), F.cross_entropy(net(X), y).backward(), 0.0)[2],),
        (log_of_softmax,),  # right while no probability is rounded to zero
        (without_the_optimizer,),
        (by_its_rate,),  # forgets what an optimizer remembers
        (loss_afterwards,),
        (sum_of_losses,),
        (moved_without_bias,),
        (cleared_in_between,),
        (lambda *a: 0 * step(*a, before=lambda o: o.zero_grad()),),
        (lambda *a: [step(*a, before=lambda o: o.zero_grad()), None][1],),
    ],
    c.confusion_matrix: [
        (lambda y, p, k: looped(p, y, k),),  # transposed
        (lambda y, p, k: looped(y, p, int(max(y.max(), p.max())) + 1),),  # too small
        (lambda y, p, k: looped(y, p, k) / len(y),),
        (not_accumulated,),
        (counted_in_bytes,),
        (lambda y, p, k: looped(y, p, k).fill_diagonal_(0),),  # the errors alone
        (lambda y, p, k: torch.bincount(k * y + p).reshape(k, k),),  # while the last pair occurs
        (lambda y, p, k: torch.bincount(10 * y + p, minlength=100).reshape(10, 10)[:k, :k],),
    ],
    c.top_accuracy: [
        (lambda o, y, n: (o.argmax(1) == y).float().mean(),),
        (lambda o, y, n: (o.topk(n).indices == y[:, None]).float().mean(),),
        (lambda o, y, n: (o.topk(n, largest=False).indices == y[:, None]).any(1).float().mean(),),
        (lambda o, y, n: 100 * (o.topk(n).indices == y[:, None]).any(1).float().mean(),),
        (lambda o, y, n: top_in_python(o.softmax(1).double(), y, n),),  # ties among the zeros
        (lambda o, y, n: (o.topk(n).indices[:, -1] == y).float().mean(),),  # the nth place alone
        (lambda o, y, n: (o.topk(n).indices == y[:, None]).any(1).sum(),),  # no share
    ],
    c.shuffle_weights: [
        (lambda W, order: W,),
        (lambda W, order: W[order.argsort()],),
        (lambda W, order: W[:, order % 10],),
        (lambda W, order: W.flip(0),),
        (lambda W, order: W[order].T,),
        (lambda W, order: W[order.sort().values],),
        (lambda W, order: W.roll(-1, 0) if order[0] == 1 else W.flip(0),),  # two orders only
    ],
}
PREDICTIONS = {c.count_parameters}
