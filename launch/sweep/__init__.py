"""Sweeps: settings drawn from those that a selector picks, and computed as any others."""
