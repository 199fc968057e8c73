"""Checks for the exercises on model selection: dice, a bound, three sets."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..core import Verdict, Wrong, compare, compare_values, difference, numbers_of, show

Function = Callable[..., Any]


def best_of_dice(answers: dict[str, Any]) -> Verdict:
    """What becomes of dice that were chosen, and of their surplus with 16 times the throws."""
    right = {
        "mean of all": 2 / 3,
        "worst, next 100": 2 / 3,
        "won twice, third 100": 2 / 3,
        "surplus divided by": 4.0,
    }
    found = answers
    quotient = "surplus divided by"
    # About 4: the standard error says 4, the binomial distribution exactly 3.886.
    if isinstance(answers, dict) and not difference(answers.get(quotient), 4.0, 0, 0.3):
        found = answers | {quotient: right[quotient]}
    return compare_values(
        found,
        right,
        hint="what does a die know of the throws before, and how does a standard error shrink?",
        rtol=0.015,
    )


def size_of_exam(answers: dict[str, Any]) -> Verdict:
    """The bound sqrt(log m / 2n), solved for the pictures and for the programs."""
    right = {"pictures": math.log(200) / 2e-4, "programs": math.exp(2), "factor": 2.0}
    found = answers
    if isinstance(answers, dict) and answers.get("programs") == 7:  # whole programs
        found = answers | {"programs": right["programs"]}
    return compare_values(
        found, right, hint="square the bound first; log is the natural one", rtol=2e-3
    )


def read_once(function: Function) -> Verdict:
    """``function(models, fit, score, training, validation, test)``: the test set is read once."""

    def run(function: Function, scores: dict[str, list[float]]) -> float:
        sets = {name: _Set(name) for name in scores}
        reads: list[tuple[str, int]] = []

        # The names of the parameters are those of the task: readers may call by them.
        def fit(model: Any, data: Any) -> _Fitted:
            if data is not sets["training"]:
                raise Wrong("a model was fitted to something else than the training set")
            if not isinstance(model, _Model):
                raise Wrong(f"fit got {show(model)}, which is none of the models")
            return _Fitted(model.number)

        def score(model: Any, data: Any) -> float:
            if not isinstance(model, _Fitted):
                raise Wrong("score got a model that is not fitted")
            if not isinstance(data, _Set):
                raise Wrong(f"score got {show(data)}, which is none of the three sets")
            reads.append((data.name, model.number))
            return scores[data.name][model.number]

        models = [_Model(number) for number in range(len(scores["test"]))]
        found = function(models, fit, score, *sets.values())
        chosen, accuracy = _pair(found)
        names = [name for name, _ in reads]
        if names.count("test") != 1:
            raise Wrong(f"the test set was read {names.count('test')} times")
        if "validation" in names[names.index("test") :]:
            raise Wrong("the test set was read before the choice was made")
        best = scores["validation"].index(max(scores["validation"]))
        if chosen.number != best:
            raise Wrong(f"model {best} has the highest validation score, you chose {chosen.number}")
        if difference(accuracy, scores["test"][best], 1e-4, 1e-5):
            raise Wrong(f"{show(accuracy)} is not what an untouched set says of the chosen model")
        return 1.0

    cases = []
    for training, validation, test in [
        ([0.9, 0.8, 0.7], [0.6, 0.75, 0.7], [0.62, 0.66, 0.71]),
        ([0.7, 0.9], [0.8, 0.6], [0.64, 0.7]),
        ([0.5, 0.6, 0.7, 0.8], [0.5, 0.52, 0.51, 0.58], [0.6, 0.5, 0.4, 0.45]),
        ([0.9], [0.3], [0.35]),
        (
            [0.91, 0.95, 0.93, 0.9, 0.92],
            [0.71, 0.72, 0.74, 0.7, 0.73],
            [0.73, 0.7, 0.69, 0.72, 0.71],
        ),
    ]:
        scores = {"training": training, "validation": validation, "test": test}
        cases.append((f"{len(test)} models", (scores,)))
    return compare(
        function,
        lambda scores: 1.0,
        cases,
        run=run,
        hint="which set chooses, and for which model is the test set read?",
    )


class _Set:
    """One of the three sets; it holds nothing, for `fit` and `score` are the check's own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"the {self.name} set"


class _Model:
    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"model {self.number}"


class _Fitted(_Model):
    def __repr__(self) -> str:
        return f"fitted model {self.number}"


def _pair(answer: Any) -> tuple[_Fitted, Any]:
    """The fitted model and the accuracy that came back, in this order."""
    if answer is None:
        raise Wrong("your function returned nothing")
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong(f"expected a model and an accuracy, you returned {show(answer)}")
    if not isinstance(answer[0], _Fitted):
        raise Wrong(f"expected a fitted model first, you returned {show(answer[0])}")
    return answer[0], numbers_of(answer[1], "an accuracy")
