"""Checks for the exercises of Part 4, the PyTorch workbench."""
