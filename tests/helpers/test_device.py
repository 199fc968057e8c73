"""Device, seed, scale and clock."""

import pytest
import torch

from d2lhelpers.device import Timer, budget, device, seed


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_the_fastest_device_there_is_wins(monkeypatch, cuda, mps, expected):
    monkeypatch.delenv("D2LHELPERS_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert device().type == expected


def test_the_environment_overrides_the_device(monkeypatch):
    monkeypatch.setenv("D2LHELPERS_DEVICE", "meta")
    assert device() == torch.device("meta")


@pytest.mark.parametrize(
    "wanted",
    ["toaster", "cpu:x", *["cuda", "mps"][torch.cuda.is_available() :], "cuda:99"],
)
def test_a_device_that_is_not_here_is_named(monkeypatch, wanted):
    if wanted == "mps" and torch.backends.mps.is_available():
        pytest.skip("it is here")
    monkeypatch.setenv("D2LHELPERS_DEVICE", wanted)
    with pytest.raises(RuntimeError, match=f"D2LHELPERS_DEVICE: .*found '{wanted}'; unset it"):
        device()


def test_another_series_moves_every_seed(monkeypatch):
    monkeypatch.delenv("D2LHELPERS_SEED", raising=False)
    assert [seed(), seed(4)] == [0, 4]
    monkeypatch.setenv("D2LHELPERS_SEED", "2")
    assert [seed(), seed(4)] == [2_000, 2_004]
    monkeypatch.setenv("D2LHELPERS_SEED", "many")
    with pytest.raises(ValueError, match="expected a whole number, found 'many'"):
        seed()


def test_the_scale_is_quick_unless_full_is_asked_for(monkeypatch):
    monkeypatch.delenv("D2LHELPERS_SCALE", raising=False)
    assert budget(quick=1, full=2) == 1
    monkeypatch.setenv("D2LHELPERS_SCALE", "full")
    assert budget(quick=1, full=2) == 2
    monkeypatch.setenv("D2LHELPERS_SCALE", "huge")
    with pytest.raises(ValueError, match="'quick' or 'full', found 'huge'"):
        budget(quick=1, full=2)


def test_the_timer_measures_its_block_only():
    with Timer() as timer:
        pass
    measured = timer.seconds
    torch.ones(1_000).sum()
    assert timer.seconds == measured >= 0
