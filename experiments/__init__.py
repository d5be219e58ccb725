"""How each stage of an experiment is computed: one folder an experiment."""
