"""Language-based audio retrieval: sounds found by captions, and captions by sounds."""
