"""pytest plugin: run notebooks and compare what they show with what is stored in them.

It builds on nbval (one test per code cell; ``Cell 3`` is the one that Jupyter labels ``[3]``)
and adds tolerances, figures, display updates, dead kernels, time limits, warnings as errors,
cells that need real data, and a count of what was compared.
"""

import copy
import json
import re
import time
from collections import Counter
from itertools import zip_longest
from queue import Empty

import nbformat
import pytest
from nbclient.client import CellExecutionComplete, NotebookClient
from nbval import plugin as nbval

from nbregress.comparison import Tolerance, drawn_by, picture_differences, text_differences

POLL_SECONDS, INTERRUPT_SECONDS, MOST_DIFFERENCES = 0.5, 5, 10
PICTURES = ("image/png", "image/jpeg")
RICH = {*PICTURES, "text/html", "text/markdown", "text/latex", "image/svg+xml"}  # beats plain
WIDGET = "application/vnd.jupyter.widget-view+json"  # holds a random id


class Hooks:
    @pytest.hookspec(firstresult=True)
    def pytest_nbregress_real_data(self, config: pytest.Config) -> bool | None:
        """Return ``False`` where cells tagged ``real-data`` run on other data than stored."""


class CannotGoOnError(nbval.NbCellError):
    """A cell failed such that the later cells of its notebook cannot run."""


def pytest_addhooks(pluginmanager):
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser):
    option = parser.getgroup("nbval").addoption
    option("--nbregress-no-compare", action="store_true", help="run cells, compare no outputs")
    parser.addini("nbregress_masks", "patterns of text that is not compared", "linelist")
    parser.addini("nbregress_error_modules", "whose warnings fail a cell", "args", ["__main__"])
    parser.addini("nbregress_pictures", "folder for pictures that differ", default=".nbregress")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    return [
        Notebook.from_parent(parent, path=file_path) if type(file) is nbval.IPyNbFile else file
        for file in (yield)
    ]


def pytest_terminal_summary(terminalreporter):
    states, figures = Counter(), Counter(compared=0)
    for report in (r for reports in terminalreporter.stats.values() for r in reports):
        for name, value in getattr(report, "user_properties", ()):
            if name == "nbregress":
                states[value[0]] += 1
                figures.update(value[1])
    if states:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        drawn = ", ".join(f"{count} figures {what}" for what, count in figures.items())
        terminalreporter.write_line(f"notebook cells: {counts}; {drawn}")


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
            request = self.kernel.kc.execute(prelude, silent=True)
            self.kernel.await_idle(request, self.config.option.nbval_kernel_startup_timeout)
        except Exception as error:
            cell.give_up(f"could not start its kernel: {error!r}")
        masks = self.config.getini("nbregress_masks")  # with the blanks that pad what they hide
        self.sanitize_patterns.update({f" *(?:{mask}) *": "***" for mask in masks})

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
            self.not_run = f"not run: cell {error.cell_num} of {self.nodeid} failed"
            self.teardown()
            raise


class Cell(nbval.IPyNbCell):
    """One code cell: it runs in the notebook's kernel, then its outputs are compared."""

    def setup(self):
        self.state, self.figures = "failed before comparing", Counter()
        reason = "tagged nbval-skip" if self.options["skip"] else self.parent.not_run
        if reason:
            self.state = "not run"
            pytest.skip(reason)

    def runtest(self):
        outputs = self.parent.run(self)
        no_compare, hook = self.config.option.nbregress_no_compare, self.config.hook
        if self.cell.execution_count is None and not no_compare:
            self.raise_cell_error("was never executed: it has no outputs to compare with")
        needs_data = "real-data" in self.cell.metadata.get("tags", [])
        if no_compare:
            self.state = "only run (no-compare)"
        elif not self.options["check"]:
            self.state = "only run (nbval-ignore-output)"
        elif needs_data and hook.pytest_nbregress_real_data(config=self.config) is False:
            self.state = "only run (real-data)"
        else:
            self.state = "compared"
            self.compare(outputs)

    def teardown(self):
        self.user_properties.append(("nbregress", (self.state, dict(self.figures))))

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
        kernel, client, index = self.parent.kernel, self.parent.client, self.cell_num - 1
        cell, client.clear_before_next_output = client.nb.cells[index], False
        cell.outputs, self.tolerance = [], Tolerance(**self.cell.metadata.get("nbval", {}))
        limit = self.tolerance.timeout or self.config.option.nbval_cell_timeout
        request = kernel.kc.execute(self.cell.source, allow_stdin=False, stop_on_error=False)
        deadline, interrupted, ping = time.monotonic() + limit, False, None
        while time.monotonic() < deadline or not interrupted:
            if time.monotonic() > deadline:
                kernel.interrupt()
                deadline, interrupted = deadline + INTERRUPT_SECONDS, True
            try:
                message = kernel.get_message("iopub", timeout=POLL_SECONDS)
                parent = message["parent_header"].get("msg_id")
                if parent == request:
                    client.process_message(message, cell, index)
                elif parent == ping and message["content"].get("execution_state") == "idle":
                    break  # the kernel is past the cell, whose own last message was lost
            except CellExecutionComplete:
                break
            except Empty:
                if not kernel.is_alive():
                    self.give_up("stopped: the kernel died")
                ping = ping or kernel.kc.kernel_info()
        lines = [line for output in cell.outputs for line in output.get("traceback", [])]
        traceback = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))
        if interrupted:
            self.give_up(f"was still running after its time limit of {limit:g} s\n{traceback}")
        if traceback and not self.options["check_exception"]:
            self.give_up(f"raised an exception\n{traceback}")
        return cell.outputs

    def compare(self, outputs: list[nbformat.NotebookNode]) -> None:
        """Compare with the stored outputs; the error lists what differs."""
        differences = []
        folder = self.config.rootpath / self.config.getini("nbregress_pictures")
        folder /= self.parent.nodeid.removesuffix(".ipynb")
        stored, shown = self.parts(self.cell.outputs), self.parts(outputs)
        pairs = zip_longest(stored, shown, fillvalue=("nothing", ""))
        for number, ((kind, expected), (other_kind, found)) in enumerate(pairs, start=1):
            if kind != other_kind:
                new = [f"expected {kind} {expected[:80]!r}, found {other_kind} {found[:80]!r}"]
            elif kind.endswith(PICTURES):
                same = drawn_by(expected) == drawn_by(found)
                self.figures["compared" if same else "of another version not compared"] += 1
                stem, threshold = folder / f"cell-{self.cell_num}-{number}", self.tolerance.figure
                new = picture_differences(expected, found, threshold, stem) if same else []
            else:
                new = text_differences(expected, found, self.tolerance)
            differences += [f"\n  output {number} ({kind}), {difference}" for difference in new]
        if differences:
            count, listed = len(differences), "".join(differences[:MOST_DIFFERENCES])
            self.raise_cell_error(f"differs from what is stored, {count} times:{listed}")

    def parts(self, outputs: list[nbformat.NotebookNode]) -> list[tuple[str, str]]:
        """Flatten outputs to pairs (kind, text or picture); stderr, whose place varies, is last."""
        parts, stderr = [], []
        for output in outputs:
            kind = output.output_type
            if kind == "stream":
                stream = stderr if output.name == "stderr" else parts
                text = stream.pop()[1] if stream and stream[-1][0] == output.name else ""
                text = nbval.carriagereturn_pat.sub("", text + output.text)
                stream.append((output.name, text))
            elif kind == "error":
                parts.append((kind, f"{output.ename}: {output.evalue}"))
            else:
                stand_in = {"text/plain"} if RICH & set(output.data) else set()
                for mime in sorted(set(output.data) - {WIDGET} - stand_in):
                    data = output.data[mime]
                    text = data if isinstance(data, str) else json.dumps(data, sort_keys=True)
                    parts.append((f"{kind} {mime}", text))
        parts += stderr
        return [(k, text if k.endswith(PICTURES) else self.sanitize(text)) for k, text in parts]
