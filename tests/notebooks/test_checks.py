"""Each check accepts right answers and refuses the likeliest wrong ones, without a traceback."""

import importlib
import inspect
import pkgutil

import answers
import pytest
from answers import classification as of_classification

from d2lhelpers import checks
from d2lhelpers.checks import classification
from d2lhelpers.checks.core import Verdict

ANSWERS = [
    importlib.import_module(f"answers.{found.name}")
    for found in pkgutil.iter_modules(answers.__path__)
]


def checks_of(module):
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


def cases(table):
    return [
        pytest.param(check, arguments, id=f"{check.__name__}-{number}")
        for given in ANSWERS
        for check, answers in getattr(given, table).items()
        for number, arguments in enumerate(answers)
    ]


@pytest.mark.parametrize(("check", "arguments"), cases("RIGHT"))
def test_a_right_answer_passes(check, arguments):
    verdict = check(*arguments)
    assert verdict and repr(verdict).startswith("✓")


@pytest.mark.parametrize(("check", "arguments"), cases("WRONG"))
def test_a_likely_wrong_answer_is_refused(check, arguments):
    verdict = check(*arguments)
    assert not verdict and repr(verdict).startswith("✗")


def test_every_module_of_checks_has_its_answers():
    modules = {found.name for found in pkgutil.iter_modules(checks.__path__)} - {"core"}
    assert modules == {given.module.__name__.rpartition(".")[2] for given in ANSWERS}


@pytest.mark.parametrize("given", ANSWERS, ids=lambda given: given.__name__)
def test_every_check_has_a_right_and_two_wrong_answers(given):
    assert set(checks_of(given.module)) == set(given.RIGHT) == set(given.WRONG)
    assert all(len(answers) >= 2 for answers in given.WRONG.values())


@pytest.mark.parametrize(
    ("check", "extra"),
    [
        pytest.param(check, getattr(given, "EXTRA", {}).get(check, ()), id=check.__name__)
        for given in ANSWERS
        for check in checks_of(given.module)
        if check not in given.PREDICTIONS
    ],
)
def test_an_empty_or_failing_function_gets_a_sentence_not_a_traceback(check, extra):
    def raises(*arguments):
        raise KeyError("no such thing")

    assert "returned nothing yet" in repr(check(lambda *arguments: None, *extra))
    assert "your code raised KeyError" in repr(check(raises, *extra))
    assert not check(lambda *arguments: "nonsense", *extra)


def test_predictions_must_stay_in_their_dictionary():
    assert "expected the dictionary" in repr(classification.best_guesses([20, 4, 180, 4]))
    assert not classification.softmax_by_hand(of_classification.BY_HAND | {"change": "nothing"})


def test_a_hint_never_tells_the_number():
    assert "0.75" not in repr(
        classification.softmax_by_hand(
            of_classification.BY_HAND | {"softmax(0, log 3), second": 2 / 3}
        )
    )


def test_a_function_that_changes_its_input_in_place_is_judged_by_its_result():
    assert classification.probabilities(lambda o: o.sub_(o.max(1, keepdim=True).values).softmax(1))


def test_a_verdict_is_true_or_false_and_shows_its_message():
    assert Verdict(True, "fine") and not Verdict(False, "no")
    assert repr(Verdict(False, "no")) == "✗ no"
