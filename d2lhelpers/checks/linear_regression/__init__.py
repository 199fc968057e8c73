"""Checks for the exercises of Part 3, linear regression."""
