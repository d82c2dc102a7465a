# Everything here needs only Python 3.11 or newer with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.bench-installed
# The judge of our pages is JavaScript; npm itself leaves this file when it is done.
JUDGE := tests/browser/node_modules/.package-lock.json
# One more than there are cores: tests wait for sockets and disks part of their time.
PROCESSES ?= $(shell expr $$(nproc) + 1)
# Tests start many processes: what is compiled once is not to be compiled by each of them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install demo test check format lock bench screenshots clean help

help:
	@echo "make demo     set everything up and see one face scan become a film, against the sandbox"
	@echo "make test     set everything up and run every check"
	@echo "make install  only make $(VENV) with $(BIN)/likeness in it"
	@echo "make bench    measure speed, table by table (TABLES=\"intake growth\" for some), and write bench/README.md"
	@echo "make screenshots  look at every page in Chromium, and renew docs/images"
	@echo "make format   let ruff format the code and sort the imports"
	@echo "make lock     renew requirements.lock from pyproject.toml (needs uv)"

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Likeness needs Python 3.11 or newer; say which with: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@echo "Installing the locked packages into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $(STAMP)

$(JUDGE): tests/browser/package-lock.json
	@npm ci --prefix tests/browser --silent --ignore-scripts --no-audit --no-fund && touch $@ \
		|| echo "Without npm the browser tests are skipped; on Debian: apt-get install npm"

demo: install
	@$(BIN)/likeness demo $(if $(ONESHOT),--oneshot)

test: install $(JUDGE)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@nice $(BIN)/mypy & types=$$!; \
	$(BIN)/pytest --numprocesses=$(PROCESSES) --dist=loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered; \
	tests=$$?; \
	wait $$types || { echo "mypy has found errors; they stand above, where it ended."; exit 1; }; \
	exit $$tests

format: install
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --select I .

bench: $(BENCH_STAMP)
	@$(BIN)/python -m bench $(TABLES)
	@$(BIN)/python -m bench publish

# What is compared with, and what draws, stands beside the rest; no check needs it.
$(BENCH_STAMP): $(STAMP) bench/requirements.lock
	@echo "Installing what the benchmark needs beside it ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@touch $(BENCH_STAMP)

screenshots: install
	@$(BIN)/python -m tests.browser.screenshots

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --all-extras --group dev pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra otel --constraint requirements.lock pyproject.toml -o ops/requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --group build --constraint requirements.lock -o ops/build.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --all-extras --group dev --group bench --constraint requirements.lock pyproject.toml -o bench/requirements.lock

clean:
	rm -rf $(VENV) .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
