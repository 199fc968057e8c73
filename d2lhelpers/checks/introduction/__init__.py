"""Checks for the exercises of Part 1, introduction."""
