"""Right and wrong answers to the exercises, one module per module of checks.

Each holds ``module``, the checks; ``RIGHT`` and ``WRONG``, a list of argument tuples per check;
``PREDICTIONS``, the checks that take numbers and no function; where a check takes more than one
function, ``EXTRA``, its other arguments; and ``TYPED``, the checks of tasks that name a type or
ask for an object of the reader's own.
"""
