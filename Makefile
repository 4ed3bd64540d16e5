# `make run` collects the first verified traces; `make test` checks everything. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What `make test` installs beside Blazer. Without `train` (torch: hundreds of megabytes, gigabytes with CUDA) what
# needs it is skipped: make test EXTRAS=dev,data,postgres
EXTRAS ?= dev,data,postgres,train
# Where the sandbox image starts from; any Debian- or Python-based image with CPython of VENV's version.
export BLAZER_BASE_IMAGE ?= python:3.11-slim

.DEFAULT_GOAL := help
.PHONY: help install run image test test-slow format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/.installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "make: no '$(PYTHON)' here; install Python 3.11+ or say make PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) -V); Blazer needs Python 3.11 or newer, say make PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

comma := ,
DEV := $(VENV)/.installed-$(subst $(comma),-,$(EXTRAS))

$(DEV): $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

install: $(VENV)/.installed ## make .venv and install Blazer into it

image: install ## build the sandbox image, if a Docker daemon answers
	@$(BIN)/blazer sandbox build --if-available

run: image ## nine tasks x 10 seeds with the built-in scripted model
	@$(BIN)/blazer collect

test: $(DEV) ## format, lint, types, layers, tests, learning, wheel, Docker tier
	@VENV=$(VENV) bash scripts/check

test-slow: $(DEV) ## what takes minutes: more faults, tampering on 20 seeds, thousands of broken programs
	@$(BIN)/pytest -n 2 -m "slow and not docker"

format: $(DEV) ## put the code in its layout
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean: ## remove the environment and build products, never your data
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
