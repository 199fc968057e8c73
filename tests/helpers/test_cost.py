"""Counts of parameters and multiply-adds, against formulas and torch's own counter."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models

from d2lhelpers.cost import LayerCost, layer_costs


def test_a_pencil_is_enough_for_two_layers():
    net = nn.Sequential(nn.Conv2d(2, 3, 3, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(48, 5))
    assert layer_costs(net, torch.zeros(1, 2, 6, 6)) == [
        LayerCost("0", "Conv2d", (3, 4, 4), 54, 54 * 16),
        LayerCost("3", "Linear", (5,), 245, 240),
    ]


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Linear(4, 3), (4,)),
        (nn.Linear(4, 3), (7, 4)),
        (nn.Conv1d(4, 6, 3, stride=2), (4, 11)),
        (nn.Conv2d(4, 6, 3, groups=2, padding=1), (4, 5, 7)),
        (nn.Conv2d(4, 6, (1, 5), dilation=(1, 2)), (4, 9, 12)),
        (nn.Conv3d(2, 3, 2), (2, 4, 4, 4)),
        (nn.ConvTranspose2d(4, 6, 3, stride=2), (4, 5, 7)),
        (nn.ConvTranspose2d(4, 6, 3, groups=2, output_padding=1, stride=2), (4, 5, 7)),
    ],
)
@pytest.mark.parametrize("samples", [1, 3])
def test_a_layer_costs_what_torch_counts(layer, shape, samples):
    x = torch.zeros(samples, *shape)
    with FlopCounterMode(display=False) as counter:
        layer(x)
    (cost,) = layer_costs(layer, x)
    assert cost.multiply_adds * samples == counter.get_total_flops() // 2
    assert cost.parameters == sum(p.numel() for p in layer.parameters())


@pytest.mark.parametrize("name", ["alexnet", "vgg11", "googlenet", "resnet18", "mobilenet_v2"])
def test_a_network_on_the_meta_device_costs_what_torch_counts(name):
    more = {"init_weights": False, "aux_logits": False} if name == "googlenet" else {}
    with torch.device("meta"):
        net, x = getattr(models, name)(**more), torch.zeros(1, 3, 224, 224)
    with FlopCounterMode(display=False) as counter:
        net.eval()(x)
    costs = layer_costs(net, x)
    assert sum(cost.multiply_adds for cost in costs) == counter.get_total_flops() // 2
    assert sum(cost.parameters for cost in costs) == sum(p.numel() for p in net.parameters())


def test_a_layer_called_twice_works_twice_and_is_held_once():
    layer = nn.Linear(3, 3)
    first, second = layer_costs(nn.Sequential(layer, layer), torch.zeros(1, 3))
    assert (first.parameters, second.parameters) == (12, 0)
    assert first.multiply_adds == second.multiply_adds == 9


def test_counting_leaves_the_network_as_it_was():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 2))
    net[1].eval()
    layer_costs(net, torch.rand(1, 1, 3, 3))
    assert net.training and not net[1].training
    assert net[1].num_batches_tracked == 0
    assert all(p.grad is None and p.requires_grad for p in net.parameters())
    assert not any(layer._forward_hooks for layer in net.modules())


def test_hooks_are_gone_after_an_error():
    net = nn.Linear(3, 3)
    with pytest.raises(RuntimeError):
        layer_costs(net, torch.zeros(1, 4))
    assert not net._forward_hooks and net.training


def test_a_network_without_parameters_costs_nothing():
    assert layer_costs(nn.Sequential(nn.Flatten(), nn.ReLU()), torch.zeros(1, 3, 3)) == []
