"""Pages that do not yet keep to every rule, and the rules that they break."""

EXCUSED = {
    "chapters/introduction/history-and-success-stories.ipynb": "R5 R30 R31 R34",
    "chapters/introduction/tools-and-setup.ipynb": "R5 R30 R34",
    "chapters/introduction/what-is-deep-learning.ipynb": "R5 R30 R31",
    "chapters/linear-regression/linear-regression.ipynb": "R5 R30 R31 R34",
    "chapters/preliminaries/autograd-in-pytorch.ipynb": "R5 R30",
    "chapters/preliminaries/automatic-differentiation.ipynb": "R5 R30",
    "chapters/preliminaries/derivatives-and-subgradients.ipynb": "R5 R30",
    "chapters/preliminaries/gradients-and-jacobians.ipynb": "R5 R30",
    "chapters/preliminaries/matrices.ipynb": "R5 R30",
    "chapters/preliminaries/numpy-essentials.ipynb": "R5 R30",
    "chapters/preliminaries/plots-images-tables.ipynb": "R5 R30",
    "chapters/preliminaries/tensors.ipynb": "R5 R30 R31 R34",
    "chapters/preliminaries/vector-chain-rule.ipynb": "R5 R30 R31",
    "chapters/preliminaries/vectors-and-norms.ipynb": "R5 R30 R31",
}
