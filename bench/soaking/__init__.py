"""The parts of bench/soak.py: what is computed, what is done to it, and who looks afterwards."""
