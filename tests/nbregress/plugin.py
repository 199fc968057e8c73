"""pytest plugin: run notebooks and compare what they show with what is stored in them.

It builds on nbval (one test per code cell; ``Cell 3`` is the one that Jupyter labels ``[3]``)
and adds tolerances, figures, display updates, dead kernels, time limits, warnings as errors,
cells that need real data, and a count of what was compared. ``README.md`` lists its settings.
"""

import copy
import re
from itertools import zip_longest

import nbformat
import pytest
from nbclient.client import NotebookClient
from nbval import plugin as nbval

from nbregress.figures import drawn_by, picture_differences
from nbregress.kernel import MOST_CHARACTERS, StoppedError, prepare, run_cell, traceback
from nbregress.masks import compiled, masked
from nbregress.streams import PICTURES, parts
from nbregress.summary import Summary
from nbregress.text import MOST_COUNTED, Tolerance, text_differences

MOST_DIFFERENCES = 10  # that a message lists
MASKS = pytest.StashKey[list[re.Pattern[str]]]()


class Hooks:
    @pytest.hookspec(firstresult=True)
    def pytest_nbregress_stand_in(self, config: pytest.Config) -> str | None:
        """Say in some words what stands in for the data of cells tagged ``real-data``, so that
        they cannot be compared; ``None`` where they can.
        """


class CannotGoOnError(nbval.NbCellError):
    """A cell failed such that the later cells of its notebook cannot run."""


def pytest_addhooks(pluginmanager):
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser):
    option = parser.getgroup("nbval").addoption
    option("--nbregress-no-compare", action="store_true", help="run cells, compare no outputs")
    ini = parser.addini
    ini("nbregress_masks", "what is not compared: patterns, or names of ready ones", "linelist")
    ini("nbregress_error_modules", "whose warnings fail a cell", "args", ["__main__"])
    ini("nbregress_pictures", "folder for pictures that differ", default=".nbregress")
    ini("nbregress_other_versions", "share of figures another version may have drawn", default="1")


def pytest_configure(config):
    try:
        masks = compiled(config.getini("nbregress_masks"))
        allowed = float(config.getini("nbregress_other_versions"))
    except ValueError as error:
        raise pytest.UsageError(f"settings of nbregress: {error}") from None
    config.stash[MASKS] = masks
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Summary(allowed), "nbregress-summary")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    return [
        Notebook.from_parent(parent, path=file_path) if type(file) is nbval.IPyNbFile else file
        for file in (yield)
    ]


class Notebook(nbval.IPyNbFile):
    """A notebook file, its kernel, the client that applies its messages, and how far it ran."""

    def setup(self):
        """Start no kernel yet: where none starts, one cell fails instead of all."""
        cells = [copy.deepcopy(cell.cell) for cell in self.cells]
        self.client = NotebookClient(nbformat.v4.new_notebook(cells=cells), record_timing=False)
        self.cells_run, self.not_run = 0, ""

    def teardown(self):
        super().teardown()
        if hasattr(self.kernel, "km"):  # the kernel is dead, but may have left processes
            self.kernel.stop()
        self.kernel = None

    def collect(self):
        self.cells = []
        try:
            self.nb = nbformat.read(self.path, as_version=4)
            nbformat.validate(self.nb)
        except Exception as error:
            message = f"{self.nodeid} is not a notebook: {type(error).__name__}: {error}"[:400]
            fail = lambda: pytest.fail(message, pytrace=False)  # noqa: E731
            return [pytest.Function.from_parent(self, name="notebook", callobj=fail)]
        code = [cell for cell in self.nb.cells if cell.cell_type == "code" and cell.source.strip()]
        for number, cell in enumerate(code, start=1):
            options = {"check": self.compare_outputs, "check_exception": False, "skip": False}
            options.update(nbval.find_metadata_tags(cell.metadata))
            options.update(nbval.find_comment_markers(cell.source))
            arguments = {"cell_num": number, "cell": cell, "options": options}
            self.cells.append(Cell.from_parent(self, name=f"Cell {number}", **arguments))
        return self.cells

    def start_kernel(self, cell: "Cell") -> None:
        modules = "|".join(map(re.escape, self.config.getini("nbregress_error_modules")))
        prelude = "\n".join(
            "__import__('warnings')"
            f".filterwarnings('error', category={category}, module=r'({modules})([.]|$)')"
            for category in ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning")
        )
        try:
            super().setup()
            compiled(list(self.sanitize_patterns))  # of --nbval-sanitize-with
            prepare(self.kernel, prelude, self.config.option.nbval_kernel_startup_timeout)
        except Exception as error:
            cell.give_up(f"could not start its kernel: {error!r}")

    def run(self, cell: "Cell") -> list[nbformat.NotebookNode]:
        """Run a cell, after those before it that were not selected (``--lf``, ``-k``)."""
        try:
            if self.kernel is None:
                self.start_kernel(cell)
            for earlier in self.cells[self.cells_run : cell.cell_num - 1]:
                if not earlier.options["skip"]:
                    earlier.execute()
            self.cells_run = cell.cell_num
            return cell.execute()
        except CannotGoOnError as error:
            self.not_run = f"after cell {error.cell_num} of {self.nodeid} failed"
            self.teardown()
            raise


class Cell(nbval.IPyNbCell):
    """One code cell: it runs in the notebook's kernel, then its outputs are compared."""

    def setup(self):
        self.state, self.reason, self.figures = "failed before comparing", "", []
        reason = "tagged nbval-skip" if self.options["skip"] else self.parent.not_run
        if reason:
            self.state, self.reason = "not run", reason
            pytest.skip(f"not run: {reason}")

    def runtest(self):
        outputs = self.parent.run(self)
        no_compare, hook = self.config.option.nbregress_no_compare, self.config.hook
        if self.cell.execution_count is None and not no_compare:
            self.raise_cell_error("was never executed: it has no outputs to compare with")
        needs_data, stand_in = "real-data" in self.cell.metadata.get("tags", []), None
        if needs_data:
            stand_in = hook.pytest_nbregress_stand_in(config=self.config)
        if no_compare:
            self.state, self.reason = "only run", "with --nbregress-no-compare"
        elif not self.options["check"]:
            self.state, self.reason = "only run", "tagged nbval-ignore-output"
        elif stand_in:
            self.state, self.reason = "only run", f"tagged real-data ({stand_in})"
        else:
            self.state = "compared"
            self.compare(outputs)

    def teardown(self):
        self.user_properties.append(("nbregress", (self.state, self.reason, self.figures)))

    def repr_failure(self, excinfo):
        error = excinfo.value
        if not isinstance(error, nbval.NbCellError):
            return f"{self.nodeid}: {excinfo.exconly()}\n{excinfo.traceback[-1]}"
        source = "\n".join(f"  | {line}" for line in error.source.splitlines())
        return f"{self.parent.nodeid}, cell {error.cell_num} {error}\n\n{source}"

    def give_up(self, message: str) -> None:
        raise CannotGoOnError(self.cell_num, message, self.cell.source)

    def execute(self) -> list[nbformat.NotebookNode]:
        """Run the cell to its end and return its outputs, or raise ``CannotGoOnError``."""
        self.tolerance = Tolerance(**self.cell.metadata.get("nbval", {}))
        limit = self.tolerance.timeout or self.config.option.nbval_cell_timeout
        try:
            run_cell(self.parent.kernel, self.parent.client, self.cell_num - 1, limit)
        except StoppedError as error:
            self.give_up(str(error))
        outputs = self.parent.client.nb.cells[self.cell_num - 1].outputs
        if not self.options["check_exception"] and (raised := traceback(outputs)):
            self.give_up(f"raised an exception\n{raised}")
        return outputs

    def compare(self, outputs: list[nbformat.NotebookNode]) -> None:
        """Compare with the stored outputs; the error lists what differs."""
        differences = []
        pairs = zip_longest(parts(self.cell.outputs), parts(outputs), fillvalue=("nothing", ""))
        for number, ((kind, expected), (other_kind, found)) in enumerate(pairs, start=1):
            if kind != other_kind:
                new = [f"expected {kind} {expected[:80]!r}, found {other_kind} {found[:80]!r}"]
            elif kind.endswith(PICTURES):
                new = self.compare_figures(expected, found, number)
            elif max(len(expected), len(found)) > MOST_CHARACTERS:
                sizes = f"{len(expected):,} characters are stored and {len(found):,} were shown"
                new = [f"{sizes}: more than {MOST_CHARACTERS:,} are not compared"]
            elif expected != found:
                texts = self.sanitize(expected), self.sanitize(found)
                new = text_differences(*texts, self.tolerance)
            else:
                new = []
            differences += [f"\n  output {number} ({kind}), {difference}" for difference in new]
        if differences:
            listed = "".join(differences[:MOST_DIFFERENCES])
            count = f"{len(differences)} times{' or more' * (len(differences) >= MOST_COUNTED)}"
            self.raise_cell_error(f"differs from what is stored, {count}:{listed}")

    def compare_figures(self, expected: str, found: str, number: int) -> list[str]:
        """Compare two pictures, unless another version drew the stored one."""
        versions = drawn_by(expected), drawn_by(found)
        if all(versions) and len(set(versions)) > 1:
            self.figures.append("drawn by {1}, stored by {0}".format(*versions))
            return []
        self.figures.append("")
        folder = self.config.rootpath / self.config.getini("nbregress_pictures")
        stem = folder / self.parent.nodeid.removesuffix(".ipynb") / f"cell-{self.cell_num}-{number}"
        return picture_differences(expected, found, self.tolerance.figure, stem)

    def sanitize(self, text: str) -> str:
        return masked(super().sanitize(text), self.config.stash[MASKS])
