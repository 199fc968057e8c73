"""Checks for the exercises of Part 8, numerical stability."""
