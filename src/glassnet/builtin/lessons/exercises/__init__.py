"""Exercises of the course that need code, a module for each lesson."""
