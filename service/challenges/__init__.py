"""Calls with criteria: applications, reviews without names, a fair ranking, and a person's decision."""
