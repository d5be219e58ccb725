# make demo: install, compute the demo of ICBHI on synthetic sounds, show its table
# make test: install, run the tests
# make fuzz: install, try the parsers with many more damaged files than the tests do
# make test-slurm: install, also Slurm (as root), run the tests on a real cluster on this machine

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed

.PHONY: demo test test-slurm fuzz lint types check bench clean

demo: $(READY)
	$(BIN)/sonoplan icbhi -s demo/ -c -d -e demo.png

test: $(READY)
	$(BIN)/python -m pytest

test-slurm: $(READY)
	tests/slurm/start-cluster --install
	SONOPLAN_SLURM=require $(BIN)/python -m pytest tests/slurm -n 0

fuzz: $(READY)
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest tests/fuzz

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

check: test lint types

# Two are asked for by themselves: bench/soak.py takes an hour, bench/gpu.py wants a GPU.
bench: $(READY)
	for script in $(filter-out bench/soak.py bench/gpu.py,$(wildcard bench/*.py)); do $(BIN)/python $$script || exit 1; done

# Anew when the dependencies change; the test tools come along, so that one environment serves all.
$(READY): setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,doce,int8,text,search,clotho]"
	touch $@

clean:
	rm -rf .venv build *.egg-info
