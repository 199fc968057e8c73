"""Checks for the exercises of Part 5, classification."""
