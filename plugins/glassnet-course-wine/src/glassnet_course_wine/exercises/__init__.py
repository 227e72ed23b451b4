"""Exercises of the lessons, a module each, which is imported when its lesson is opened."""
