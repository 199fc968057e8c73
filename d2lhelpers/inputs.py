"""What readers hand over: arrays, loaders and optimizers, taken as they are or refused in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from numbers import Integral

import numpy as np
import torch
from torch import Tensor, nn

SHORT_INTEGERS = {torch.uint8, torch.int8, torch.int16, torch.int32}
FLOATS = {torch.float16, torch.float32, torch.float64}
HINTS = {
    "more than 1 value per channel": "a batch holds one sample, and batch normalization needs two "
    "or more to measure a spread; leave it out with Batches(..., drop_last=True), or choose "
    "another batch size",
    "have the same dtype": "X has another type than the weights; use X.float(), and divide "
    "images of whole numbers by 255",
    "should be the same": "X has another type than the weights; use X.float(), and divide images "
    "of whole numbers by 255",
    "to have one of the following scalar types": "X has another type than the network takes; an "
    "embedding wants whole numbers, X.long()",
    "does not require grad": "no gradient leads from the loss to a weight; is every parameter "
    "frozen, or was the graph cut by .detach(), .item() or argmax?",
}


def as_tensor(values: object, name: str) -> Tensor:
    """A tensor, or what can be made one: a NumPy array, a table, a list of tensors or numbers.

    NumPy's float64 becomes float32, the type of a network. An array is copied only where torch
    could not share its memory.

    Raises:
        ValueError: there are no numbers in it, or not equally many everywhere; names ``name``.
    """
    if isinstance(values, Tensor):
        return values
    try:
        if isinstance(values, (list, tuple)) and values and isinstance(values[0], Tensor):
            return torch.stack(list(values))
        array = np.asarray(values)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"its entries are of type {array.dtype}")
        kind = np.float32 if array.dtype.kind + str(array.itemsize) == "f8" else array.dtype
        # torch refuses foreign byte orders and steps backwards, and warns of read-only memory
        return torch.from_numpy(np.require(array, np.dtype(kind).newbyteorder("="), ["C", "W"]))
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"{name}: expected a tensor or an array of numbers, found {type(values).__name__}; "
            f"use torch.tensor or torch.stack ({error})"
        ) from error


def placed(batches: Iterable, net: nn.Module, name: str) -> Iterator[tuple[Tensor, Tensor]]:
    """The pairs X, y of ``batches`` as tensors on the device of ``net``, floats in its type.

    Labels of short integer types become int64, which the losses of torch ask for.

    Raises:
        ValueError: something else than batches of pairs came; names ``name``.
    """
    weights = next(chain(net.parameters(), net.buffers()), torch.empty(0))
    for batch in _iterator(batches, name):
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise ValueError(_not_batches(name, f"one of type {type(batch).__name__}"))
        X, y = batch
        if not (isinstance(X, Tensor) and isinstance(y, Tensor)):
            X, y = as_tensor(X, f"{name}, X"), as_tensor(y, f"{name}, y")
        if X.ndim == 0 or y.ndim == 0:
            raise ValueError(_not_batches(name, "single samples"))
        yield _moved(X, weights), _moved(y.long() if y.dtype in SHORT_INTEGERS else y, weights)


def _iterator(batches: Iterable, name: str) -> Iterator:
    try:
        return iter(batches)
    except TypeError as error:
        raise ValueError(_not_batches(name, type(batches).__name__)) from error


def _moved(values: Tensor, weights: Tensor) -> Tensor:
    if values.dtype in FLOATS and weights.dtype in (torch.float32, torch.float64):
        values = values.to(weights.dtype)
    if values.device == weights.device:
        return values
    # Only from pinned memory to CUDA is a copy sure to be done before it is read.
    to_cuda = weights.device.type == "cuda" and values.device.type == "cpu"
    return values.to(weights.device, non_blocking=to_cuda and values.is_pinned())


def _not_batches(name: str, found: str) -> str:
    return (
        f"{name}: expected batches, each a pair X, y of tensors, found {found}; "
        "use Batches(X, y, batch_size=...) or a DataLoader"
    )


def check_net(net: object) -> None:
    """Raise unless ``net`` is a module."""
    if not isinstance(net, nn.Module):
        raise ValueError(
            f"net: expected an nn.Module, found {type(net).__name__}; for a class write Net(), "
            "for a function of your own a class with forward"
        )


def check_run(
    net: object, optimizer: object, loss: object, epochs: object, **repeated: object
) -> None:
    """Raise before the first epoch what would fail, or have no effect, during the run."""
    check_net(net)
    _check_optimizer(optimizer, net, loss)
    if not isinstance(epochs, Integral) or epochs < 0:
        raise ValueError(
            f"epochs: expected a whole number of at least 0, found {epochs!r}; 10 is a good start"
        )
    callbacks = repeated["callbacks"]
    if callable(callbacks) or not isinstance(callbacks, Iterable):
        raise ValueError(
            f"callbacks: expected a list of functions, found {callbacks!r}; put it in brackets, "
            "[callback]"
        )
    for name, source in repeated.items():
        if epochs > 1 and isinstance(source, Iterator):
            raise ValueError(
                f"{name}: expected what can be read in every epoch, found {type(source).__name__}, "
                "which is empty after the first; use list(...), Batches or a DataLoader"
            )


def _check_optimizer(optimizer: object, net: nn.Module, loss: object) -> None:
    """Raise if ``optimizer`` moves nothing of ``net``, or left-over parameters in their place."""
    if not hasattr(optimizer, "param_groups"):
        raise ValueError(
            f"optimizer: expected one made from net.parameters(), found "
            f"{getattr(optimizer, '__name__', type(optimizer).__name__)}; write for instance "
            "torch.optim.SGD(net.parameters(), lr=0.1)"
        )
    modules = [net, loss] if isinstance(loss, nn.Module) else [net]
    own = {id(p) for module in modules for p in module.parameters() if p.requires_grad}
    moved = {id(p) for group in optimizer.param_groups for p in group["params"]}
    everything = {id(p) for module in modules for p in module.parameters()}
    if not own & moved or (moved - everything and own - moved):
        raise ValueError(
            f"optimizer: expected the parameters of this network, found {len(own & moved)} of "
            f"its {len(own)} trainable ones and {len(moved - everything)} of another; make the "
            "optimizer from net.parameters(), after the last change of the network's layers"
        )


@contextmanager
def explained() -> Iterator[None]:
    """Put the remedy before those messages of torch that name none."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        for sign, hint in HINTS.items():
            if sign in str(error):
                raise ValueError(f"{hint} ({error})") from error
        raise
