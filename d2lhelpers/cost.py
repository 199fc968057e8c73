"""What the layers of a network hold and what a picture costs in them, counted by hooks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd


class LayerCost(NamedTuple):
    """One layer that has parameters.

    Attributes:
        name: as in ``net.named_modules()``, such as ``features.0``.
        kind: the class of the layer, such as ``Conv2d``.
        shape: of the output for one sample, without the axis of the batch.
        parameters: weights and biases.
        multiply_adds: for one sample; 0 where the layer is neither linear nor a convolution.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


def layer_costs(net: nn.Module, x: Tensor) -> list[LayerCost]:
    """Parameters and multiply-adds of each layer of ``net``, in the order of its forward pass.

    A weight of a linear layer or a convolution is used once at each place of the output, for
    one multiplication and one addition. Biases, activations, pooling and normalization are not
    counted, as in the tables of most papers. A layer that is called twice stands there twice,
    the second time with no parameters.

    Args:
        net: any module; modes, statistics and gradients stay as they are. One that is built
            under ``torch.device("meta")`` takes no memory and can be counted too.
        x: (B, ...), a batch on the device of ``net``; one sample is enough.

    Returns:
        one entry for each call of a layer that has parameters of its own.

    Built in :doc:`/chapters/modern-cnns/alexnet`.

    >>> net, picture = nn.Conv2d(3, 8, kernel_size=5), torch.zeros(1, 3, 28, 28)
    >>> layer_costs(net, picture)[0].multiply_adds
    345600
    """
    net = copy.deepcopy(net).eval()  # the caller's network stays as it is, whatever happens below
    found: list[LayerCost] = []
    for name, layer in net.named_modules():
        own = sum(p.numel() for p in layer.parameters(recurse=False))
        if own:
            layer.register_forward_hook(_noting(found, name, own))
    with torch.no_grad():
        net(x)
    return found


def _noting(
    found: list[LayerCost], name: str, parameters: int
) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
    """A hook that adds a layer to ``found`` whenever it is called."""

    def note(layer: nn.Module, inputs: tuple[Tensor, ...], y: Tensor) -> None:
        new = all(cost.name != name for cost in found)
        kind, work = type(layer).__name__, _multiply_adds(layer, inputs[0], y)
        found.append(LayerCost(name, kind, tuple(y.shape[1:]), parameters * new, work))

    return note


def _multiply_adds(layer: nn.Module, x: Tensor, y: Tensor) -> int:
    if not isinstance(layer, (nn.Linear, _ConvNd)):
        return 0
    spread = x if isinstance(layer, _ConvTransposeNd) else y  # at each of its places, every weight
    places = spread.numel() // (len(spread) * layer.weight.shape[0])
    return layer.weight.numel() * places
