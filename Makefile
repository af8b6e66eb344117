# Everything that a clone needs; only Python >= 3.11 and make are assumed. `make help` lists the targets.

PYTHON ?= python3
PRODUCTS ?= 20000
VENV := .venv
BIN := $(VENV)/bin
# An installation is right for one state of these files; the stamps make a second call instant.
INPUTS := pyproject.toml install.sh
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.PHONY: help up test faults mutations check format bench bench-peers relevance load ci lock

help: ## This list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 13

up: $(VENV)/.installed ## Install, start everything with a sample catalog of PRODUCTS=20000, serve until Ctrl-C
	@exec $(BIN)/tanaban up --products $(PRODUCTS)

test: $(VENV)/.installed-dev ## Install, run all tests on real servers
	@$(BIN)/python -m pytest $(TESTS)

faults: $(VENV)/.installed-dev ## All fault tests, the long ones too: kills, lost answers, lost servers while a shop edits
	@$(BIN)/python -m pytest tests/faults -m "slow_faults or not slow_faults" -rP $(TESTS)

mutations: $(VENV)/.installed-dev ## Break each invariant in a copy of the tree; a named test must fail
	@$(BIN)/python -m tests.faults.mutations $(NAMES)

check: $(VENV)/.installed-dev ## Lint, format, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## Put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## Measure against ceilings: ratios, JSON and a table
	@$(BIN)/python -m benchmarks

bench-peers: $(VENV)/.installed-dev ## Measure PGSync, installed into an environment of its own, and Tanaban side by side
	@$(BIN)/python -m benchmarks.peers

relevance: $(VENV)/.installed-dev ## What searches find: pairs by phenomenon, nDCG beside stock kuromoji; fails on a loss
	@$(BIN)/tanaban relevance run

load: $(VENV)/.installed-dev ## Load-test a running `make up` (Locust); fails over its thresholds
	@$(BIN)/python -m loadtests

ci: ## What CI runs
	@.ci/run

lock: $(VENV)/.installed-dev ## Compile the lock files anew: packages and OpenSearch's jars, with hashes
	@$(BIN)/python -m pip install --quiet uv
	@$(COMPILE) --extra embedded --output-file requirements.txt pyproject.toml
	@$(COMPILE) --extra embedded --extra relevance --extra dev -c requirements.txt --output-file requirements-dev.txt pyproject.toml
	@$(BIN)/python -m stack.jars

$(VENV)/.installed: requirements.txt $(INPUTS)
	@./install.sh "$(PYTHON)" "$(VENV)" requirements.txt "$@"

$(VENV)/.installed-dev: requirements-dev.txt $(INPUTS)
	@./install.sh "$(PYTHON)" "$(VENV)" requirements-dev.txt "$@"
	@touch $(VENV)/.installed
