"""Weakly labelled sound event detection: mixtures of known events, and networks that find them."""
