"""What is drawn: read back from the figures, not compared as pictures."""

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

from d2lhelpers.plotting import (
    LiveCurves,
    draw_contours,
    draw_vectors,
    plot_history,
    show_images,
    use_book_style,
)
from d2lhelpers.training import History

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def history():
    return History(
        epochs=2, train_loss=[2.0, 1.0], train_accuracy=[0.5, 0.75], test_loss=[2.5, 1.5],
        test_accuracy=[0.4, 0.6], seconds=[0.1, 0.1], samples=[10, 10],
    )  # fmt: skip


def curves(ax):
    return {line.get_label(): line.get_ydata().tolist() for line in ax.get_lines()}


def test_curves_show_both_sets_over_whole_epochs(history):
    left, right = plot_history(history).axes
    assert curves(left) == {"train": [2.0, 1.0], "test": [2.5, 1.5]}
    assert curves(right) == {"train": [0.5, 0.75], "test": [0.4, 0.6]}
    assert left.get_lines()[0].get_xdata().tolist() == [1, 2]
    assert (left.get_xlabel(), right.get_ylabel()) == ("epoch", "accuracy")


def test_without_accuracy_and_test_set_one_curve_is_left(history):
    history.train_accuracy, history.test_loss, history.test_accuracy = [], [], []
    (ax,) = plot_history(history).axes
    assert list(curves(ax)) == ["train"] and ax.get_legend() is None


def test_live_curves_always_draw_the_last_epoch(history):
    live = LiveCurves(seconds_between=1_000)
    first = History(epochs=2, train_loss=[2.0], train_accuracy=[0.5], seconds=[0.1], samples=[10])
    live(first)
    drawn = live.figure
    live(history)
    assert live.figure is drawn, "one figure is updated"
    assert curves(drawn.axes[0])["train"] == [2.0, 1.0]
    assert plt.get_fignums() == [], "nothing is left open to be shown twice"


def test_live_curves_skip_what_comes_too_soon(history):
    live = LiveCurves(seconds_between=1_000)
    history.epochs = 3
    live(History(epochs=3, train_loss=[2.0], train_accuracy=[0.5], seconds=[0.1], samples=[1]))
    live(history)
    assert curves(live.figure.axes[0])["train"] == [2.0]


def test_live_curves_can_be_saved_from_a_script(history, tmp_path):
    live = LiveCurves()
    live(history)
    live.figure.savefig(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 1_000


def test_an_image_grid_names_true_and_wrong(history):
    figure = show_images(
        torch.rand(3, 1, 4, 4), torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]),
        classes=["cat", "dog"], columns=2,
    )  # fmt: skip
    assert len(figure.axes) == 4
    assert [ax.get_title() for ax in figure.axes] == ["cat", "dog", "dog", ""]
    below = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert below == [["✓"], ["✗ cat"], ["✓"], []]


def test_an_image_grid_without_names_prints_the_numbers():
    figure = show_images(torch.rand(2, 4, 4), torch.tensor([7, 3]))
    assert [ax.get_title() for ax in figure.axes] == ["7", "3"]
    assert all(not ax.axison for ax in figure.axes)


@pytest.mark.parametrize("name", ["labels", "predictions"])
def test_lengths_must_agree(name):
    with pytest.raises(ValueError, match=rf"{name}: expected one per image \(2\), found 3"):
        show_images(torch.rand(2, 4, 4), **{name: torch.zeros(3)})


def test_no_image_is_said():
    with pytest.raises(ValueError, match="at least one"):
        show_images(torch.rand(0, 4, 4))


def test_the_book_style_is_set():
    with matplotlib.rc_context():
        use_book_style()
        assert plt.rcParams["figure.facecolor"] == "white"
        assert not plt.rcParams["axes.spines.top"]


def test_vectors_begin_and_end_where_they_should_and_lie_inside():
    ax = plt.figure().add_subplot()
    draw_vectors(ax, torch.tensor([[3.0, 1], [-2, 4]]), torch.tensor([[0.0, 0], [3, 1]]),
                 labels=["a", "b"])  # fmt: skip
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    assert [tuple(a.xyann) for a in arrows] == [(0, 0), (3, 1)]
    assert [tuple(a.xy) for a in arrows] == [(3, 1), (1, 5)]
    assert [text.get_text() for text in ax.texts if text.arrow_patch is None] == ["a", "b"]
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert left <= 0 and right >= 3 and low <= 0 and high >= 5
    assert ax.get_aspect() == 1


def test_labels_of_vectors_stand_outside_a_triangle():
    ax = plt.figure().add_subplot()
    a, b = torch.tensor([4, 0]), torch.tensor([0, 3])  # whole numbers will do
    draw_vectors(ax, torch.stack([a, b, a + b]), torch.stack([0 * a, a, 0 * a]),
                 labels=["a", "", "a + b"])  # fmt: skip
    below, above = (text for text in ax.texts if text.arrow_patch is None)
    assert below.xy == (2, 0) and below.xyann == pytest.approx((0, -4))
    assert (below.get_ha(), below.get_va()) == ("center", "top")
    assert above.xy == (2, 1.5) and above.xyann == pytest.approx((-2.4, 3.2))
    assert (above.get_ha(), above.get_va()) == ("right", "bottom")


def test_no_vectors_draw_nothing():
    ax = plt.figure().add_subplot()
    draw_vectors(ax, torch.zeros(0, 2))
    assert not ax.texts


@pytest.mark.parametrize("starts", [None, torch.zeros(3, 2)])
def test_vectors_of_another_shape_are_refused(starts):
    vectors = torch.zeros(2, 3) if starts is None else torch.zeros(2, 2)
    with pytest.raises(ValueError, match=r"expected shape \(N, 2\) for both"):
        draw_vectors(plt.figure().add_subplot(), vectors, starts)


def test_contours_put_x_across_and_y_up():
    ax = plt.figure().add_subplot()
    lines = draw_contours(ax, lambda x, y: x + 0 * y, (-1, 1), (0, 5), levels=[0.5])
    (path,) = lines.get_paths()
    assert path.vertices[:, 0] == pytest.approx(0.5)
    assert (path.vertices[:, 1].min(), path.vertices[:, 1].max()) == (0, 5)


def test_every_contour_can_be_seen_on_white():
    ax = plt.figure().add_subplot()
    lines = draw_contours(ax, lambda x, y: x + y, (0, 1), (0, 1), levels=[0.2, 0.6, 1, 1.4, 1.8])
    brightness = lines.to_rgba(lines.get_array())[:, :3] @ [0.299, 0.587, 0.114]
    assert (brightness[1:] > brightness[:-1]).all(), "darker is lower"
    assert brightness.max() < 0.7
