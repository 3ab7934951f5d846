# Every target sets up .venv by itself, from requirements.lock alone. `make` without a target lists them.

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
READY := .venv/.ready

# The first Python of 3.11 or later. Another one: make demo PYTHON=/path/to/python3.12
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

PYTEST := $(PY) -m pytest -n auto --maxprocesses 4

.PHONY: help demo test faults check docs screenshots bench bench-scale bench-owners bench-incidents lock
.DEFAULT_GOAL := help

help:
	@echo "make demo    the dashboard on three months of demo logs"
	@echo "make test    every test, the end-to-end test in a browser included"
	@echo "make faults  the tests of bad input and faults once more, thoroughly (half an hour or more)"
	@echo "make check   format, lint, types, the import contract and the links of the documentation"
	@echo "make docs    the documentation as pages to read, in build/docs/site"
	@echo "make bench   how fast a load is, beside DuckDB and GoAccess (a few minutes)"
	@echo "make bench-scale  how fast answers are at a platform's size, on a lake of 10 million made-up calls"
	@echo "make bench-owners  how often the probable owners of calls without an id are right (two minutes)"
	@echo "make bench-incidents  how good incidents are, on platforms whose faults are known (ten minutes)"
	@echo "make lock    requirements.lock anew, from pyproject.toml"

demo: $(READY)
	@$(PY) -m koppelzicht demo

# A process that is done takes tests from the others, so that none waits for the longest files.
test: $(READY)
	@$(PY) tests/browser.py
	@$(PYTEST) --dist worksteal

# Hundreds of kills, gigabytes, many more scenarios: the tests that ask tests/ingest/scale.py how thorough to be. And the
# protocol of a commit, which meets a real disk here.
THOROUGH = $(shell grep -rl --include='test_*.py' 'from tests.ingest.scale import' tests | sort) tests/ingest/load/test_commit.py
faults: $(READY)
	@FAULTS=1 $(PYTEST) --dist worksteal $(THOROUGH)

check: $(READY) build/sql.checked
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(BIN)/lint-imports
	@$(PY) -m docs.build > /dev/null

docs: $(READY)
	@$(PY) -m docs.build

# The pictures are kept: they change seldom, and need a browser.
screenshots: $(READY)
	@$(PY) -m docs.screenshots

# All SQL takes the linter half a minute, so it reads what has changed since it last agreed.
SQL := $(shell find analytics bench ingest sample_logs -name '*.sql')
SQL_RULES := .sqlfluff .sqlfluffignore $(BIN)/sqlfluff
build/sql.checked: $(SQL) $(SQL_RULES)
	@PYTHONWARNINGS=ignore $(PY) -m sqlfluff lint --processes 0 --disable-progress-bar \
		$(if $(filter $(SQL_RULES),$?),analytics bench ingest sample_logs,$?)
	@mkdir -p build && touch $@

# Whoever changes branches may have a .venv without it.
$(BIN)/sqlfluff: | $(READY)
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check --require-hashes --requirement requirements.lock

bench: $(READY)
	@$(PY) bench/bench.py

# Another size: make bench-scale SCALE='--calls 100000000 --lake /var/tmp/large --ask'
# Beside DuckDB and ClickHouse: make bench-scale SCALE='--lake build/scale --peers', after $(PY) -m pip install chdb, which no lock has.
SCALE ?= --calls 10000000 --lake build/scale --ask
bench-scale: $(READY)
	@$(PY) -m bench.scale $(SCALE)

# Another lake, whose ids are hidden for it: make bench-owners OWNERS='--lake build/demo'
OWNERS ?=
bench-owners: $(READY)
	@$(PY) -m bench.owners $(OWNERS)

# Other seeds: make bench-incidents INCIDENTS='--seeds 21,22 --every'
INCIDENTS ?= --seeds 11,12,13
bench-incidents: $(READY)
	@$(PY) -m bench.incidents $(INCIDENTS)

# --universal: one lock for Python 3.11 and later on Linux, macOS and Windows. It names no package index.
lock:
	@$(PYTHON) -m venv build/lock && build/lock/$(notdir $(BIN))/python -m pip install --quiet uv
	@build/lock/$(notdir $(BIN))/python -m uv pip compile pyproject.toml --extra dev --output-file requirements.lock --quiet \
		--universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock"
	@if grep -n '://' requirements.lock; then echo "requirements.lock names an address"; exit 1; fi

# The lock holds the build backend too, so nothing is fetched that has no hash.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Koppelzicht needs Python 3.11 or later, found: $$(python3 --version 2>&1)."; \
		echo "Install one, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "Installing the Debian package python3-venv ..." \
			&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; } \
		|| { echo "$(PYTHON) cannot make virtual environments: its venv module is missing."; \
			echo "On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv from requirements.lock (once; a minute or two) ..."
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --no-input --disable-pip-version-check --require-hashes --requirement requirements.lock
	@PYTHONWARNINGS=ignore $(PY) -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
