# make demo: install, compute the demo of ICBHI on synthetic sounds, show its table
# make test: install, run the tests
# make test-slurm: install, also Slurm (as root), run the tests on a real cluster on this machine

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed

.PHONY: demo test test-slurm lint types check bench clean

demo: $(READY)
	$(BIN)/sonoplan icbhi -s demo/ -c -d -e demo.png

test: $(READY)
	$(BIN)/python -m pytest

test-slurm: $(READY)
	tests/slurm/start-cluster --install
	SONOPLAN_SLURM=require $(BIN)/python -m pytest tests/slurm -n 0

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

check: test lint types

bench: $(READY)
	for script in bench/*.py; do $(BIN)/python $$script || exit 1; done

# Anew when the dependencies change; the test tools come along, so that one environment serves all.
$(READY): setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,doce,int8,text,search,clotho]"
	touch $@

clean:
	rm -rf .venv build *.egg-info
