"""What the package never does: unpickle, or start a process."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "d2lhelpers").rglob("*.py"))
UNPICKLE = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
START = {"multiprocessing", "subprocess", "concurrent", "pty", "_posixsubprocess"}


def faults(source: str) -> list[str]:
    """What in a module unpickles or starts a process."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        found += [name for name in names if set(name.split(".")) & (UNPICKLE | START)]
        if not isinstance(node, ast.Call):
            continue
        call = ast.unparse(node.func)
        options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        unsafe = call.endswith(".load") and options.get("weights_only") != "True"
        if (
            (call.startswith(("torch.", "np.", "numpy.")) and unsafe)
            or (call.startswith("os.") and call[3:].startswith(("fork", "spawn", "exec", "system")))
            or options.get("allow_pickle", "False") != "False"
            or options.get("num_workers", "0") != "0"
        ):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_module_unpickles_or_starts_a_process(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "from torch import multiprocessing",
        "import concurrent.futures as futures",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
        "DataLoader(data, num_workers=2)",
        "os.fork()",
    ],
)
def test_what_is_looked_for_is_found(source):
    assert faults(source)
    assert not faults("torch.load(path, weights_only=True); json.load(file)")


PROGRAM = """
import psutil, sys, torch
events = []
WATCHED = "pickle.find_class", "os.fork", "os.posix_spawn", "os.spawn", "os.exec", "os.system"
sys.addaudithook(lambda event, arguments: events.append(event) if event in WATCHED else None)

from d2lhelpers import data, plotting, training

def note_children(history):
    events.extend(str(child) for child in psutil.Process().children())

sets = *data.load_digits(), *data.load_fashion_mnist(), *data.load_mnist()
net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
batches = data.Batches(sets[0].images, sets[0].labels, 256, shuffle=True)
training.fit(net, batches, batches, optimizer=torch.optim.SGD(net.parameters(), lr=0.1), epochs=2,
             callbacks=[note_children], progress=False)
training.evaluate(net, batches)
note_children(None)
print("events:", events)
"""


def test_loading_and_training_unpickle_nothing_and_start_no_worker(tmp_path):
    # importing torch asks ldconfig where libraries lie: the watch begins after it
    environment = {
        **os.environ,
        "D2LHELPERS_MIRRORS": "http://127.0.0.1:9",
        "XDG_CACHE_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True
    )
    assert result.stdout.splitlines()[-1:] == ["events: []"], result.stdout + result.stderr
