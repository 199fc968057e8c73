"""Checks for the exercises of Part 9, convolutional networks."""
