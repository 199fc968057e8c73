"""Checks for the exercises of Part 2, preliminaries."""
