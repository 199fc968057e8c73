"""Answers to the exercises on model selection."""

import math

import numpy as np

from d2lhelpers.checks.generalization import model_selection as c

module = c

DICE = {
    "mean of all": 0.667,
    "worst, next 100": 2 / 3,
    "won twice, third 100": 2 / 3,
    "surplus divided by": 4,
}
EXAM = {"pictures": 26_492, "programs": 7.389, "factor": 2}


def one_by_one(models, fit, score, training, validation, test):
    best, highest = None, -1.0
    for model in models:
        fitted = fit(model, training)
        found = score(fitted, validation)
        if found > highest:
            best, highest = fitted, found
    return best, score(best, test)


def in_arrays(models, fit, score, training, validation, test):
    fitted = [fit(model=model, data=training) for model in models]
    best = int(np.argmax([score(model=model, data=validation) for model in fitted]))
    return [fitted[best], np.float64(score(fitted[best], test))]


def sorted_and_refitted(models, fit, score, training, validation, test):
    ranked = sorted(models, key=lambda model: -score(fit(model, training), validation))
    chosen = fit(ranked[0], training)
    return chosen, score(chosen, test)


def all_tested(models, fit, score, training, validation, test):
    fitted = [fit(model, training) for model in models]
    tested = [score(model, test) for model in fitted]
    scores = [score(model, validation) for model in fitted]
    best = scores.index(max(scores))
    return fitted[best], tested[best]


def by(chooses, says):
    def search(models, fit, score, training, validation, test):
        sets = {"training": training, "validation": validation, "test": test}
        fitted = [fit(model, training) for model in models]
        best = max(fitted, key=lambda model: score(model, sets[chooses]))
        return best, score(best, sets[says])

    return search


def lowest(models, fit, score, training, validation, test):
    best = min((fit(model, training) for model in models), key=lambda m: score(m, validation))
    return best, score(best, test)


def unfitted(models, fit, score, training, validation, test):
    scores = [score(fit(model, training), validation) for model in models]
    best = models[scores.index(max(scores))]
    return best, score(fit(best, training), test)


def fitted_to_all(models, fit, score, training, validation, test):
    best = max(models, key=lambda model: score(fit(model, training), validation))
    return fit(best, [training, validation]), 0.7


def first_is_taken(models, fit, score, training, validation, test):
    best = fit(models[0], training)
    return best, score(best, test)


def tested_and_validation_said(models, fit, score, training, validation, test):
    fitted = [fit(model, training) for model in models]
    scores = [score(model, validation) for model in fitted]
    best = scores.index(max(scores))
    score(fitted[best], test)
    return fitted[best], scores[best]


RIGHT = {
    c.best_of_dice: [
        (DICE,),
        (DICE | {"surplus divided by": 3.886},),  # by the binomial distribution
    ],
    c.size_of_exam: [(EXAM,), (EXAM | {"programs": 7},)],
    c.read_once: [(one_by_one,), (in_arrays,), (sorted_and_refitted,)],
}
WRONG = {
    c.best_of_dice: [
        (DICE | {"worst, next 100": 0.53},),  # bad dice
        (DICE | {"won twice, third 100": 0.75},),  # good dice
        (DICE | {"worst, next 100": 0.8},),  # "now it is due"
        (DICE | {"surplus divided by": 16},),
        (DICE | {"surplus divided by": 2},),
    ],
    c.size_of_exam: [
        (EXAM | {"pictures": 13_246},),
        (EXAM | {"pictures": 265},),  # the bound not squared
        (EXAM | {"programs": 2},),
        (EXAM | {"factor": 200},),
        (EXAM | {"factor": math.sqrt(2)},),
    ],
    c.read_once: [
        (by("test", "test"),),
        (all_tested,),
        (by("training", "test"),),
        (by("validation", "validation"),),
        (by("validation", "training"),),
        (lowest,),
        (unfitted,),
        (fitted_to_all,),
        (first_is_taken,),
        (tested_and_validation_said,),
        (lambda *given: one_by_one(*given)[::-1],),
    ],
}
PREDICTIONS = {c.best_of_dice, c.size_of_exam}
