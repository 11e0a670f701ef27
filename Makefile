# What a newcomer types: `make draw` and `make test`. Both make their own environment in .venv.
# `make results` writes the pages of docs/templates anew, with what the benchmarks left in docs/results.
PYTHON ?= python3
PHOTO ?= examples/portrait.jpg
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: draw test check results clean

draw: $(VENV)/core
	@$(BIN)/limner draw "$(PHOTO)" $(if $(STYLE),--style "$(STYLE)") --force

test: $(VENV)/test
	$(BIN)/python -m pytest

check: $(VENV)/check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python

results: $(VENV)/test
	$(BIN)/python -m benchmarks.results

$(VENV)/python:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/core: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(VENV)/test: $(VENV)/python pyproject.toml constraints.txt
	$(PIP) -e ".[train,diffusion,test]"
	@touch $@ $(VENV)/core

$(VENV)/check: $(VENV)/test
	$(PIP) -e ".[train,diffusion,test,check]"
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
