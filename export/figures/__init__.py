"""Figures of results, by matplotlib."""
