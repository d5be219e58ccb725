"""Pretrained checkpoints: where they come from and how they are verified."""
