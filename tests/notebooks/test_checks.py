"""Each check accepts right answers and refuses the likeliest wrong ones, without a traceback."""

import importlib
import inspect
import pkgutil
from fractions import Fraction

import answers
import numpy as np
import pytest
import torch
from answers.classification import softmax as of_softmax

from d2lhelpers import checks
from d2lhelpers.checks.classification import loss_functions, softmax
from d2lhelpers.checks.core import Verdict, compare, difference, untouched


def modules_below(package):
    """Names of the modules in the rooms of ``package``, without those that lie beside the rooms."""
    return [
        f"{room.name}.{module.name}"
        for room in pkgutil.iter_modules(package.__path__)
        if room.ispkg
        for module in pkgutil.iter_modules([f"{package.__path__[0]}/{room.name}"])
    ]


ANSWERS = [importlib.import_module(f"answers.{name}") for name in modules_below(answers)]


def checks_of(module):
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


def place(check):
    """Room, module and name: the tests of a part are found by its room."""
    return f"{check.__module__.replace('.', '/')}/{check.__name__}".partition("/")[2]


def cases(table):
    return [
        pytest.param(check, arguments, id=f"{place(check)}-{number}")
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
    assert modules_below(checks) == modules_below(answers)


@pytest.mark.parametrize("given", ANSWERS, ids=lambda given: given.__name__.replace(".", "/"))
def test_every_check_has_two_right_and_three_wrong_answers(given):
    assert set(checks_of(given.module)) == set(given.RIGHT) == set(given.WRONG)
    for check in set(given.RIGHT) - given.PREDICTIONS:
        assert len(given.RIGHT[check]) >= 2 and len(given.WRONG[check]) >= 3, check.__name__
    assert all(len(given.WRONG[check]) >= 2 for check in given.PREDICTIONS)


def in_arrays(result):
    return in_other_containers(result, lambda tensor: tensor.detach().numpy())


def in_lists(result):
    return in_other_containers(result, lambda tensor: tensor.tolist())


def in_double(result):
    return in_other_containers(result, lambda tensor: tensor.double())


def in_other_containers(result, kind):
    if isinstance(result, (list, tuple)):
        return type(result)(in_other_containers(part, kind) for part in result)
    if isinstance(result, (np.ndarray, np.generic)):
        result = torch.tensor(result)
    return kind(result) if isinstance(result, torch.Tensor) else result


@pytest.mark.parametrize("kind", [in_arrays, in_lists, in_double])
@pytest.mark.parametrize(
    ("check", "arguments"),
    [
        pytest.param(check, right, id=f"{place(check)}-{number}")
        for given in ANSWERS
        for check, answers in given.RIGHT.items()
        if check not in getattr(given, "TYPED", ()) and check not in given.PREDICTIONS
        for number, right in enumerate(answers)
        if not isinstance(right[0], type)
    ],
)
def test_the_container_of_a_right_answer_does_not_matter(check, arguments, kind):
    function, *extra = arguments

    def elsewhere(*given):
        return kind(function(*given))

    elsewhere.__wrapped__ = function
    assert check(elsewhere, *extra)


@pytest.mark.parametrize(
    ("check", "extra"),
    [
        pytest.param(check, getattr(given, "EXTRA", {}).get(check, ()), id=place(check))
        for given in ANSWERS
        for check in checks_of(given.module)
        if check not in given.PREDICTIONS
    ],
)
def test_whatever_is_handed_over_gets_a_sentence_not_a_traceback(check, extra):
    def raises(*arguments):
        raise KeyError("no such thing")

    assert repr(check(lambda *arguments: None, *extra)) == "· not tried yet"
    assert "your code raised KeyError" in repr(check(raises, *extra))
    for nonsense in (
        "nonsense",
        1j * torch.ones(2),
        {},
        [[1], []],
        print,
        object(),
        torch.ones(9, 9),
    ):
        verdict = check(lambda *arguments, nonsense=nonsense: nonsense, *extra)
        assert not verdict and repr(verdict).startswith("✗") and " at 0x" not in repr(verdict)
    assert not check(5, *extra)


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=place(check))
        for given in ANSWERS
        for check in checks_of(given.module)  # every worker has to collect in the same order
        if check in given.PREDICTIONS
    ],
)
def test_predictions_are_numbers_of_any_kind_and_untried_while_all_are_missing(check):
    (right,) = next(given.RIGHT[check][0] for given in ANSWERS if check in given.RIGHT)
    assert repr(check(dict.fromkeys(right, ...))) == "· not tried yet"
    first = next(iter(right))
    assert repr(check(right | {first: ...})).startswith("✗")
    for nonsense in ("nonsense", [1, 2], 1j, {}, torch.ones(2, 2), np.array(["a"])):
        assert not check(right | {first: nonsense})
    if not isinstance(right[first], str):
        for kind in (np.float64, np.float32, torch.tensor, Fraction, lambda number: [number]):
            assert check({name: kind(number) for name, number in right.items()})


def test_predictions_must_stay_in_their_dictionary():
    assert "expected the dictionary" in repr(loss_functions.best_guesses([20, 4, 180, 4]))
    assert not softmax.softmax_by_hand(of_softmax.BY_HAND | {"change": "nothing"})


def test_a_hint_never_tells_the_number():
    assert "0.75" not in repr(
        softmax.softmax_by_hand(of_softmax.BY_HAND | {"softmax(0, log 3), second": 2 / 3})
    )


def test_a_function_that_changes_its_input_in_place_is_judged_by_its_result():
    assert softmax.probabilities(lambda o: o.sub_(o.max(1, keepdim=True).values).softmax(1))


def test_a_verdict_is_true_or_false_and_shows_its_message():
    assert Verdict(True, "fine") and not Verdict(False, "no")
    assert repr(Verdict(False, "no")) == "✗ no"


E = torch.tensor([1.0, 2.0])


@pytest.mark.parametrize(
    "found",
    [[1, 2], (1, 2.0), np.array([1, 2]), np.array([2, 1])[::-1], torch.tensor([1, 2]), range(1, 3),
     [torch.tensor(1.0), np.float32(2)], E.double(), E.half(), E.clone().requires_grad_(),
     E.to_sparse(), [Fraction(1), 2], E + 0j],
    ids=range(13),
)  # fmt: skip
def test_numbers_are_compared_whatever_holds_them(found):
    assert difference(found, E, 1e-4, 1e-5) is None


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "your function returned nothing"),
        (E * 1j, "expected numbers of shape (2,), you returned complex numbers"),
        ("ab", "expected numbers of shape (2,), you returned a value of type str: 'ab'"),
        ([1, [2]], "expected numbers of shape (2,), you returned a value of type list: [1, [2]]"),
        (object(), "expected numbers of shape (2,), you returned a value of type object: <object>"),
        (E[:, None], "expected shape (2,), you returned shape (2, 1)"),
        (E + 1, "expected [1, 2], you returned [2, 3]"),
        ([1, torch.nan], "expected [1, 2], you returned [1, nan]"),
    ],
    ids=range(8),
)
def test_a_difference_is_a_sentence(found, sentence):
    assert difference(found, E, 1e-4, 1e-5).startswith(sentence)


def test_several_results_are_compared_one_by_one():
    right = (1, (2, E))
    assert difference([1.0, (2, [1, 2])], right, 0, 0) is None
    assert difference((1, (2, [1, 3])), right, 0, 0).startswith("result 2 of 2: result 2 of 2: ")
    assert difference(1, right, 0, 0).startswith("expected 2 results, you returned a value of")
    assert difference((1, 2, 3), right, 0, 0) == "expected 2 results, you returned 3"


def test_only_a_body_without_a_line_of_the_readers_is_untouched():
    class Stub:
        def __init__(self, number):
            self.number = number

        def double(self): ...

    class Begun(Stub):
        def double(self):
            return self.number

    def stub(x):
        """What to write."""
        ...

    assert untouched(stub) and untouched(lambda: None) and untouched(Stub)
    assert not any(untouched(answer) for answer in (Begun, lambda: 0, lambda x: x, len, 5))


def test_a_long_error_of_a_library_is_cut_to_its_first_line():
    def fails(x):
        raise ValueError("first\nsecond")

    shown = repr(compare(fails, lambda x: x, [("x = 1", (1,))], hint="none"))
    assert shown == "✗ x = 1: your code raised ValueError: first\n  Hint: none"
