"""Checks for the exercises of Part 10, modern convolutional networks."""
