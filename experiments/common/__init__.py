"""What the stages of several experiments share."""
