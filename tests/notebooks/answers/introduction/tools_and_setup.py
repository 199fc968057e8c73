"""Answers to the exercises on kernels, restarts and versions."""

from itertools import zip_longest

import numpy as np

from d2lhelpers.checks.introduction import tools_and_setup as c

module = c


def in_order(installed, needed):
    have = map(int, installed.split("+")[0].split("."))
    need = map(int, needed.split("."))
    for a, b in zip_longest(have, need, fillvalue=0):
        if a != b:
            return a > b
    return True


def in_base_1000(installed, needed):
    def number(text):
        parts = [int(part) for part in text.split("+")[0].split(".")] + 4 * [0]
        return np.dot(parts[:4], [10**9, 10**6, 10**3, 1])

    return number(installed) >= number(needed)


def parts(text, most=None):
    return [int(part) for part in text.split("+")[0].split(".")[:most]]


def after(cells, order, name, memory=None):
    memory = {} if memory is None else memory
    for i in order:
        exec(cells[i], memory)
    return memory[name]


def in_two_rounds(cells, order, name):
    return after(cells, order, name) == after(cells, range(len(cells)), name)


def as_one_text(cells, order, name):
    left, right = {}, {}
    exec("\n".join(cells[i] for i in order), left)
    exec("\n".join(cells), right)
    return left[name] == right[name]


def in_one_memory(cells, order, name):
    memory = {}
    first = after(cells, order, name, memory)
    return first == after(cells, range(len(cells)), name, memory)


def every_variable(cells, order, name):
    left, right = {}, {}
    after(cells, order, name, left)
    after(cells, range(len(cells)), name, right)
    del left["__builtins__"], right["__builtins__"]
    return left == right


KERNEL = {
    "ABC": 5,
    "ACB": 8,
    "ABBC": 7,
    "smallest": 10,
    "largest": 28,
    "runs without a number": 3,
}

RIGHT = {
    c.play_kernel: [(KERNEL,)],
    c.new_enough: [(in_order,), (in_base_1000,)],
    c.same_after_restart: [(in_two_rounds,), (as_one_text,)],
}
WRONG = {
    c.play_kernel: [
        (KERNEL | {"ACB": 5},),
        (KERNEL | {"smallest": 16},),
        (KERNEL | {"runs without a number": 2},),
    ],
    c.new_enough: [
        (lambda installed, needed: installed >= needed,),
        (lambda installed, needed: parts(installed) >= parts(needed),),  # 2.6 before 2.6.0
        (lambda installed, needed: parts(installed, 2) >= parts(needed, 2),),
        (lambda installed, needed: "+" in installed or in_order(installed, needed),),
        (lambda installed, needed: in_order(installed, needed) and installed != needed,),
    ],
    c.same_after_restart: [
        (in_one_memory,),
        (every_variable,),
        (lambda cells, order, name: list(order) == list(range(len(cells))),),
        (lambda cells, order, name: sorted(order) == list(range(len(cells))),),
    ],
}
PREDICTIONS = {c.play_kernel}
TYPED = {c.new_enough, c.same_after_restart}
