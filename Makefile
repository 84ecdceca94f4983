# Two commands on a fresh machine: `make demo` and `make test`. Each prepares .venv itself, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all lint clean
.DELETE_ON_ERROR:

demo: $(VENV)/.runtime
	@$(BIN)/zhaoshang demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto -m "not long"

test-all: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) zhaoshang-demo

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "make: no $(PYTHON) here: install Python 3.11 or newer, or say which one: make PYTHON=/path/to/python3.11 demo" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $$($(PYTHON) --version) is too old: Python 3.11 or newer is needed; say which one: make PYTHON=python3.11 demo" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { v=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); echo "make: this Python cannot make virtual environments (ensurepip is missing): install the system package python$$v-venv (Debian, Ubuntu: sudo apt install python$$v-venv), then run make again" >&2; exit 1; }
	@echo "preparing $(VENV) (once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Stamps are files so that the second run costs nothing; they fall due again when pyproject.toml changes.
$(VENV)/.runtime: pyproject.toml | $(VENV)/.made
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# Dependency groups need pip 25.1; what ensurepip brings may be older.
$(VENV)/.dev: $(VENV)/.runtime pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@
