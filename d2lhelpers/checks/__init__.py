"""Checks for the exercises, one module per part of the book.

In a notebook: ``from d2lhelpers.checks import classification as checks``.
"""
