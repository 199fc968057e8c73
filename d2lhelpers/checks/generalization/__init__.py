"""Checks for the exercises of Part 7, generalization."""
