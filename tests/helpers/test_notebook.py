"""What stands below a cell, in front ends that update outputs and in those that do not."""

import pytest
from kernel import started

FIT = """
import torch
from d2lhelpers.data import Batches
from d2lhelpers.plotting import LiveCurves, plot_history, show_images, use_book_style
from d2lhelpers.progress import Progress
from d2lhelpers.training import History, fit

curves = LiveCurves(seconds_between=0)
X, y = torch.randn(40, 2), torch.arange(40) % 2

def train(epochs=3):
    net = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    return fit(net, Batches(X, y, 8), optimizer=optimizer, epochs=epochs, callbacks=[curves])
"""


@pytest.fixture(scope="module")
def plain():
    """A kernel in which the book's style was never set."""
    with started() as kernel:
        kernel.run(FIT, updates=True)
        yield kernel


@pytest.fixture(scope="module")
def styled():
    with started() as kernel:
        kernel.run(FIT + "use_book_style()", updates=True)
        yield kernel


@pytest.fixture(params=["plain", "styled"])
def kernel(request):
    return request.getfixturevalue(request.param)


def pictures(outputs):
    return [output for output in outputs if "image/png" in output]


def lines(outputs):
    return [output["text/plain"] for output in outputs if "epochs in" in str(output)]


@pytest.mark.parametrize("updates", [True, False])
def test_the_summary_and_one_picture_stand_below_each_cell_that_trains(kernel, updates):
    for _ in range(2):
        outputs = kernel.outputs("history = train()", updates=updates)
        assert len(outputs) == 2
        assert len(lines(outputs[:1])) == 1 and len(pictures(outputs[1:])) == 1


def test_where_outputs_are_updated_bar_and_curves_grow_in_place(kernel):
    messages = kernel.run("history = train()", updates=True)
    kinds = [message["msg_type"] for message in messages]
    assert kinds.count("display_data") == 2 and kinds.count("update_display_data") >= 3


def test_two_runs_in_one_cell_give_two_pictures(kernel):
    outputs = kernel.outputs("train(); history = train(epochs=1)", updates=True)
    assert len(pictures(outputs)) == 2


@pytest.mark.parametrize(
    "call",
    [
        "show_images(torch.rand(3, 4, 4))",
        "plot_history(history)",
        "plot_history(history).axes[0].figure",
        "plot_history(history, plt.subplots(1, 2)[1])",
    ],
)
@pytest.mark.parametrize("rest", ["{}", "figure = {}", "{}; plt.show()", "figure = {}; figure"])
def test_a_figure_is_shown_once_wherever_it_stands_in_its_cell(kernel, call, rest):
    kernel.run("import matplotlib.pyplot as plt; history = train(1)", updates=True)
    outputs = kernel.outputs(rest.format(call), updates=True)
    assert len(outputs) == 1 and len(pictures(outputs)) == 1


def test_a_figure_can_be_changed_until_the_end_of_its_cell_and_shown_again_later(kernel):
    kernel.run("import matplotlib.pyplot as plt; history = train()", updates=True)
    change = "figure = plot_history(history); figure.set_size_inches(2, 1); plt.show()"
    (small,) = pictures(kernel.outputs(change, updates=True))
    assert small["text/plain"].startswith("<Figure size 200x100")
    assert len(pictures(kernel.outputs("figure", updates=True))) == 1
    assert len(pictures(kernel.outputs("display(figure)", updates=True))) == 1


def test_a_bar_whose_end_is_empty_or_unknown_leaves_no_more_than_its_text(kernel):
    code = "with Progress(0, seconds_between=0) as bar:\n    bar.update()\n    bar.close({!r})"
    assert kernel.outputs(code.format("done"), updates=True) == [{"text/plain": "done"}]
    assert kernel.outputs(code.format("done"), updates=False) == [{"text/plain": "done"}]
    assert kernel.outputs(code.format(""), updates=False) == []
