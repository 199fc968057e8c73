"""The last lines of a run: what was compared, what only ran, what was skipped, and why."""

from collections import Counter

import pytest

MOST_REASONS = 8


class Summary:
    """Counts cells, figures and skipped tests from the reports, and fails a run that compared
    too few figures.
    """

    def __init__(self, allowed: float):
        self.allowed, self.skipped = allowed, Counter()
        self.cells: dict[str, Counter[str]] = {}
        self.figures, self.versions = Counter(), Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = [v for n, v in report.user_properties if n == "nbregress"]
        if report.when == "teardown" and found:
            state, reason, figures = found[-1]
            self.cells.setdefault(state, Counter())[reason] += 1
            for versions in figures:
                self.figures["of another version" if versions else "compared"] += 1
                self.versions.update([versions] if versions else [])
        elif report.skipped and not found and isinstance(report.longrepr, tuple):
            self.skipped[report.longrepr[2].removeprefix("Skipped: ")] += 1

    def too_few_compared(self) -> bool:
        """Whether the share of figures of another version is above the one that is set."""
        return self.figures["of another version"] > self.allowed * self.figures.total()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.too_few_compared() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        write = terminalreporter.write_line
        if self.cells:
            counts = (f"{c.total()} {state}" for state, c in sorted(self.cells.items()))
            write(f"notebook cells: {', '.join(counts)}")
        for state, counts in sorted(self.cells.items()):
            if any(counts):
                write(f"  {state}: {by_reason(counts)}")
        if self.figures:
            counts = (f"{count} {what}" for what, count in sorted(self.figures.items()))
            why = f" ({by_reason(self.versions)})" if self.versions else ""
            write(f"figures: {', '.join(counts)}{why}")
        if self.too_few_compared():
            write(
                f"FAILED: of the figures at most {self.allowed:.0%} may be of another version; "
                "draw them again with this one, or set -o nbregress_other_versions=1",
                red=True,
            )
        if self.skipped:
            write(f"skipped: {by_reason(self.skipped)}")


def by_reason(counts: Counter[str]) -> str:
    """The commonest reasons with their numbers: ``3 no network, 1 no browser``."""
    texts = [f"{count} {reason}" for reason, count in counts.most_common(MOST_REASONS) if reason]
    rest = sum(count for _, count in counts.most_common()[MOST_REASONS:])
    return ", ".join(texts + ([f"{rest} for other reasons"] if rest else []))
