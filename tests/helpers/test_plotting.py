"""What is drawn: read back from the figures, not compared as pictures."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
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


def test_the_dashed_curve_bears_the_name_it_is_given(history):
    figure = plot_history(history, test_name="validation")
    live = LiveCurves(test_name="validation")
    live(history)
    for left, right in (figure.axes, live.figure.axes):
        assert list(curves(left)) == list(curves(right)) == ["train", "validation"]
        names = [text.get_text() for text in left.get_legend().get_texts()]
        assert names == ["train", "validation"]


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


def shown(figure, i=0):
    return np.asarray(figure.axes[i].get_images()[0].get_array())


@pytest.mark.parametrize("kind", ["tensor", "array", "list", "bytes", "last", "whole numbers"])
def test_colored_images_are_drawn_in_their_colors(kind):
    images = torch.randint(256, (5, 3, 4, 6)) / 255
    given = {
        "tensor": images.clone().requires_grad_(),
        "array": images.double().numpy()[::-1][::-1],
        "list": list(images),
        "bytes": (images * 255).round().byte(),
        "last": images.movedim(1, -1).numpy(),
        "whole numbers": (images * 255).round().long(),
    }[kind]
    figure = show_images(given, np.arange(5), list(range(5)))
    assert shown(figure, 2) == pytest.approx(images[2].movedim(0, -1).numpy(), abs=1e-6)
    assert [ax.get_title() for ax in figure.axes] == list("01234")
    assert figure.axes[4].texts[0].get_text() == "✓"


def test_colored_images_of_another_range_are_stretched_each_to_the_full_one():
    images = torch.randn(2, 3, 4, 4)
    images[1] = images[1].sigmoid()
    figure = show_images(images)
    assert (shown(figure).min(), shown(figure).max()) == pytest.approx((0, 1))
    assert shown(figure, 1) == pytest.approx(images[1].movedim(0, -1).numpy())


@pytest.mark.parametrize("shape", [(2, 4, 5), (2, 1, 4, 5), (2, 4, 5, 1)])
@pytest.mark.parametrize("dtype", ["float64", "uint8", "int32", "bool", "bfloat16"])
def test_gray_images_may_be_arrays_of_any_type(shape, dtype):
    images = torch.arange(40).reshape(shape).to(getattr(torch, dtype))
    given = images if dtype == "bfloat16" else images.numpy()
    expected = images[1].squeeze().float().numpy()
    assert shown(show_images(given), 1).astype(float) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"images": torch.rand(4, 4)}, r"^images: expected shape .* found \(4, 4\); .*image\[None"),
        ({"images": torch.rand(2, 2, 4, 4)}, r"^images: expected shape .* found \(2, 2, 4, 4\)"),
        ({"images": "cat.png"}, "^images: expected a tensor or an array of numbers, found str"),
        ({"images": [torch.rand(2, 3), torch.rand(3, 2)]}, "^images: expected .* torch.stack"),
        ({"labels": ["cat", "dog"]}, "^labels: expected a tensor or an array of numbers"),
        ({"labels": 3}, "^labels: expected one per image .2., found a single number"),
        ({"predictions": torch.rand(2, 10)}, r"^predictions: .* found \(2, 10\); .*argmax"),
        ({"labels": [0, 2], "classes": ["cat", "dog"]}, r"^labels: expected numbers in 0\.\.1"),
        ({"labels": [0, -1], "classes": ["cat", "dog"]}, r"found -1\.\.0"),
        ({"columns": 0}, "^columns: expected at least 1, found 0"),
    ],
)
def test_what_cannot_be_drawn_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        show_images(**{"images": torch.rand(2, 4, 4)} | arguments)
    assert plt.get_fignums() == []


def test_each_run_has_a_drawing_of_its_own():
    live = LiveCurves(seconds_between=1_000)
    for losses in ([2.0], [3.0], [4.0, 3.5], [5.0]):
        for count in range(1, len(losses) + 1):
            live(History(epochs=len(losses), train_loss=losses[:count], seconds=[0.1] * count,
                         samples=[1] * count))  # fmt: skip
        assert curves(live.figure.axes[0])["train"] == losses


@pytest.fixture
def kept_print_options():
    """The print options are those of the whole process: put back what they were."""
    torch_width, width = torch._tensor_str.PRINT_OPTS.linewidth, np.get_printoptions()["linewidth"]
    yield
    torch.set_printoptions(linewidth=torch_width)
    np.set_printoptions(linewidth=width)
    pd.reset_option("display.width")


@pytest.mark.parametrize("scale", [1, 1e-3, 1e5])
@pytest.mark.parametrize("shape", [(1_500,), (7, 30), (3, 4, 50), (2, 2, 2, 40)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64, torch.bool])
def test_the_book_style_prints_at_most_78_columns(kept_print_options, dtype, shape, scale):
    torch.manual_seed(0)
    values = (torch.randn(shape) * scale).to(dtype)
    with matplotlib.rc_context():
        use_book_style()
    table = pd.DataFrame(values.reshape(len(values), -1).numpy()).add_prefix("a column ")
    for text in (repr(values), repr(values.numpy()), str(values.numpy())):
        assert max(map(len, text.splitlines())) <= 78
    beyond = 6 if pd.__version__ < "3" else 0  # pandas 2 keeps less strictly to its width
    assert max(map(len, repr(table).splitlines())) <= 78 + beyond


def test_the_book_style_is_set(kept_print_options):
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
