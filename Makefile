# Between. `make` alone prints what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The environment's own Node, where it had to bring one, comes first.
export PATH := $(CURDIR)/$(BIN):$(PATH)

# A worker for each core; a file's tests stay together, because they share what its fixtures started.
WORKERS ?= --numprocesses=auto --dist=loadfile --no-loadscope-reorder

CLIENT_SOURCES := $(shell find client translations -mindepth 1 -not -path 'client/tests*' 2>/dev/null) tsconfig.json  # folders too: a removed file counts
MANIFEST := messenger/static/dist/manifest.json

.PHONY: help run demo test check bench mutate walk lock client clean .venv node_modules

help: ## print this
	@sed -n 's/^\([a-z_.]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: $(VENV)/.server $(MANIFEST) ## build what is missing and serve at http://localhost:8000 (PORT), with a demo clinic unless DEMO=0; NODES=2 for two web nodes
	@DEMO=$${DEMO-1} exec $(BIN)/python -m messenger serve

demo: run ## the same as run: the demo clinic is made when the database is empty

test: $(VENV)/.developer $(MANIFEST) ## everything: unit, both databases, real browsers, house rules
	@.ci/install-test-services
	@$(BIN)/python -m pytest $(WORKERS) $(TESTS)

check: $(VENV)/.developer node_modules/.stamp ## ruff, mypy, tsc, eslint and the house tests, under a minute
	@$(BIN)/python .ci/check.py

bench: $(VENV)/.developer $(MANIFEST) ## what is measured, as ratios within one run
	@.ci/install-test-services
	@$(BIN)/python -m bench

mutate: $(VENV)/.developer $(MANIFEST) ## take each defence away in a copy and see its test fail
	@.ci/install-test-services
	@$(BIN)/python -m tests.mutations.run --only "$(ONLY)"

walk: $(VENV)/.developer $(MANIFEST) ## every page, width, theme and language: axe and a screenshot
	@.ci/install-test-services
	@mkdir -p test-results/walk
	@WALK_SCREENSHOTS=test-results/walk $(BIN)/python -m pytest tests/walk $(TESTS)

client: $(MANIFEST) ## build the browser client and print its hash

lock: $(VENV)/.developer ## resolve the pinned versions again
	@$(BIN)/python .ci/lock.py
	@npm install --package-lock-only

clean: ## remove what make built (never var/, the clinic's data)
	rm -rf $(VENV) node_modules messenger/static/dist .mypy_cache .ruff_cache .pytest_cache

.venv: $(VENV)/.developer ## the Python environment with the tools of development
node_modules: node_modules/.stamp ## the browser client's packages

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Between needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

$(VENV)/.server: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.developer: requirements-dev.txt $(VENV)/.server
	$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/.node: .ci/ensure-node requirements-node.txt | $(BIN)/python
	@.ci/ensure-node $(BIN)
	@touch $@

node_modules/.stamp: package-lock.json .npmrc $(VENV)/.node
	npm ci --no-progress --loglevel=error
	@touch $@

$(MANIFEST): $(CLIENT_SOURCES) node_modules/.stamp
	node client/build.mjs
