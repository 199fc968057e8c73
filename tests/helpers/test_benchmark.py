"""The protocol that compares networks."""

import pytest
import torch
from torch import nn

from d2lhelpers.batches import Batches
from d2lhelpers.benchmark import Row, benchmark, he_start, splits
from d2lhelpers.data import ImageSet
from d2lhelpers.training import evaluate, fit


@pytest.fixture
def stripes() -> tuple[ImageSet, ImageSet]:
    """Pictures of 6 x 6 with a bright row or a bright column, which a small network can tell."""

    def draw(number: int, seed: int) -> ImageSet:
        generator = torch.Generator().manual_seed(seed)
        images = 0.1 * torch.rand(number, 1, 6, 6, generator=generator)
        labels = torch.randint(2, (number,), generator=generator)
        places = torch.randint(6, (number,), generator=generator)
        for image, label, place in zip(images[:, 0], labels.tolist(), places.tolist(), strict=True):
            (image.T if label else image)[place] = 1.0
        return ImageSet(images, labels, ("row", "column"), "stripes")

    return draw(1_000, 1), draw(300, 2)


def net() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(128, 2))


def test_the_parts_are_disjoint_and_the_same_for_all(stripes):
    train, test = stripes
    numbered = ImageSet(
        torch.arange(1_000.0).reshape(-1, 1, 1, 1) / 1_000, train.labels, train.classes, "numbered"
    )
    learn, valid, judge = splits(numbered, test)
    assert [len(y) for _, y in (learn, valid, judge)] == [700, 200, 300]
    assert not set(learn[0].flatten().tolist()) & set(valid[0].flatten().tolist())
    torch.rand(3)
    assert torch.equal(learn[0], splits(numbered, test)[0][0])
    assert torch.equal(train.labels[(1_000 * learn[0].flatten()).round().long()], learn[1])


def test_a_large_set_is_cut_to_the_numbers_of_the_book():
    images = torch.zeros(10_000, 1, 1, 1)
    data = ImageSet(images, torch.zeros(10_000, dtype=torch.int64), ("a",), "zeros")
    assert [len(y) for _, y in splits(data, data)] == [6_400, 2_000, 2_000]


def test_the_best_rate_is_chosen_and_judged_from_several_starts(stripes):
    row = benchmark("small", net, *stripes, rates=(1e-6, 0.01))
    assert row.rate == 0.01 == max(row.valid, key=row.valid.get)
    assert len(row.test) == 3 and min(row.test) > 0.9 > row.valid[1e-6]
    assert (row.parameters, row.multiply_adds) == (8 * 10 + 258, 72 * 16 + 256)
    assert row.seconds > 0


def test_a_row_is_what_its_own_loop_finds(stripes):
    """The slow way: the same steps written out for one rate and one start."""
    learn, valid, judge = splits(*stripes)
    torch.manual_seed(0)
    by_hand = net().apply(he_start).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(by_hand.parameters(), lr=0.003)
    fit(by_hand, Batches(*learn, 64, shuffle=True), optimizer=optimizer, epochs=3, progress=False)
    row = benchmark("small", net, *stripes, rates=(0.003,), starts=1)
    assert row.valid[0.003] == pytest.approx(evaluate(by_hand, Batches(*valid, 500))[1], abs=0.02)
    assert row.test == pytest.approx([evaluate(by_hand, Batches(*judge, 500))[1]], abs=0.02)


def test_he_start_sets_the_spread_and_leaves_other_layers():
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(16, 64, 3, bias=False), nn.BatchNorm2d(64), nn.Linear(800, 50))
    nn.init.constant_(layers[1].bias, 5.0)
    layers.apply(he_start)
    assert layers[0].weight.std().item() == pytest.approx((2 / 144) ** 0.5, rel=0.05)
    assert layers[2].weight.std().item() == pytest.approx((2 / 800) ** 0.5, rel=0.05)
    assert (layers[2].bias == 0).all() and (layers[1].bias == 5).all()


def test_a_row_prints_in_the_columns_of_a_table():
    row = Row("LeNet", 61_706, 416_520, {0.001: 0.8}, 0.001, [0.85, 0.8421, 0.86], 3.0)
    assert str(row) == "LeNet           61,706     416,520   0.850 0.842 0.860"
    assert len(str(row)) < 78
