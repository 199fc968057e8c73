"""Rounding as another processor might do it: imported into a kernel before its first cell.

Processors agree on ``+``, ``-``, ``*``, ``/`` and square roots to the last bit. They do not agree
on what is summed (in which order?), on what is approximated (``exp``), and on what multiplies and
adds in one step. Here the operands and the results of such functions move by one unit in the
last place or stay, at random. Whole numbers, and numbers of few binary digits such as 0.75, stay:
calculations with them are exact on every processor.

In torch every operation is reached, those of the backward pass too; in NumPy and ``math`` what
the cells call themselves. The environment variable ``DISTURBANCE`` holds two whole numbers, such
as ``3 1``: the seed, and how many units a number moves.
"""

from __future__ import annotations

import ast
import os
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

EXACT_BITS = 12  # products of two such numbers are exact in float32
SUMS = "mm addmm bmm baddbmm addbmm mv addmv addr dot vdot inner matmul einsum convolution sum mean"
SUMS += " nansum average var std var_mean std_mean norm cdist pdist dist trace prod cumsum cumprod"
SUMS += " logsumexp logcumsumexp softmax log_softmax batch_norm layer_norm group_norm cov corrcoef"
SUMS += " avg_pool2d adaptive_avg_pool2d mse_loss nll_loss bilinear2d bicubic2d trapezoid quantile"
SUMS += " scaled_dot_product_flash_attention_for_cpu fft"
CURVES = "exp exp2 expm1 log log1p log2 log10 sin cos tan sinh cosh tanh asin acos atan atan2 asinh"
CURVES += " acosh atanh arctan arctan2 arcsin arccos sigmoid logit pow power erf erfc erfinv lgamma"
CURVES += " gelu silu mish elu softplus rsqrt hypot cbrt lerp addcmul addcdiv log_sigmoid logaddexp"
DRAWS = "normal standard_normal randn multivariate_normal exponential gamma"
INEXACT = frozenset(f"{SUMS} {CURVES} {DRAWS}".split())
SEED, UNITS = map(int, os.environ.get("DISTURBANCE", "0 1").split())
random = torch.Generator().manual_seed(SEED)


def disturbed(value: Any) -> Any:
    """A tensor of floats whose numbers moved or stayed; anything else as it is."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return value
    if value.layout != torch.strided or not value.numel():
        return value
    steps = torch.randint(-1, 2, value.shape, generator=random, dtype=torch.int8)
    mantissa = torch.frexp(value)[0] * 2**EXACT_BITS
    exact = (mantissa == mantissa.round()) | (value == value.round())
    unit = UNITS * torch.finfo(value.dtype).eps
    return torch.where(exact, value, value * (1 + unit * steps.to(value)))


def disturbed_in_cell(value: Any) -> Any:
    """The same for floats and arrays of NumPy; tensors have been disturbed by torch's operation."""
    if not isinstance(value, (float, np.floating, np.ndarray)):
        return value
    array = np.asarray(value)
    if array.dtype not in (np.float32, np.float64):
        return value
    moved = disturbed(torch.tensor(array)).numpy()
    return moved if isinstance(value, np.ndarray) else type(value)(moved)


class Torch(TorchDispatchMode):
    """Disturbs every inexact operation of torch."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if not _is_inexact(operation, args, kwargs):
            return operation(*args, **kwargs)
        if operation._schema.is_mutable:  # in place, or into out=...
            result = operation(*args, **kwargs)
            tree_map(lambda x: x.copy_(disturbed(x)) if torch.is_tensor(x) else x, result)
            return result
        return tree_map(disturbed, operation(*tree_map(disturbed, args), **kwargs))


def _is_inexact(operation, args: tuple, kwargs: dict) -> bool:
    name = operation.overloadpacket.__name__
    if name.strip("_") in ("add", "sub", "foreach_add"):  # x + alpha * y in one step
        return kwargs.get("alpha", 1) not in (1, -1)
    if name.strip("_") == "pow" and isinstance(args[1], int | float):
        return args[1] not in (1, 2)  # a square is one product
    if any(part in name for part in ("linalg", "cholesky", "lstsq", "mkldnn", "mkl")):
        return True
    for ending in ("_backward_data", "_backward", "_forward", "_out"):
        name = name.removesuffix(ending)
    name = name.strip("_").removeprefix("foreach_").removeprefix("native_")
    return name.removeprefix("upsample_") in INEXACT


class Cells(ast.NodeTransformer):
    """Disturbs what inexact functions of NumPy and ``math`` return to the code of cells."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A call of a function whose name is on the list, or of ``linalg``."""
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        linalg = "linalg" in ast.unparse(node.func)
        return _call(node) if name in INEXACT or linalg else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """A matrix product, or a power; a square is one product."""
        self.generic_visit(node)
        square = isinstance(node.right, ast.Constant) and node.right.value == 2
        if isinstance(node.op, ast.MatMult) or (isinstance(node.op, ast.Pow) and not square):
            return _call(node)
        return node


def _call(node: ast.expr) -> ast.AST:
    function = ast.parse("__import__('disturbance').disturbed_in_cell", mode="eval").body
    return ast.copy_location(ast.Call(function, [node], []), node)


def start() -> None:
    """Disturb from now on, in this thread and in the cells of this kernel."""
    from IPython import get_ipython

    get_ipython().ast_transformers.append(Cells())
    Torch().__enter__()
