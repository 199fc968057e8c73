"""Small helpers of the course book, one module per concept.

``data``      image sets as tensors
``batches``   mini-batches of tensors in memory
``training``  the training loop, evaluation, and the record of a run
``plotting``  the book's figure style, training curves, image grids
``device``    which device, which seed, which scale
``checks``    one check per exercise

Nothing is re-exported here, so that an import line says where a name comes from.
"""
