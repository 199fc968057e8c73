"""Checks for the exercises of Part 6, multilayer perceptrons."""
