# Two commands on a fresh machine: `make demo` runs a call, `make test` runs everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := $(patsubst %,tests/%/node_modules/.package-lock.json,jambonz readers)

.PHONY: install check test demo format pages bench fuzz clean

install: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(STAMP)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: install $(PEERS)
	$(BIN)/pytest -n auto

%/node_modules/.package-lock.json: %/package-lock.json
	@if command -v npm >/dev/null; then \
		npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else echo "npm is missing: nothing is compared with the packages of $*"; fi

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

demo: install
	@$(BIN)/python samples/application/demo.py

bench: install
	$(BIN)/python -m pip install --quiet --group bench
	@for name in step simulate memory serve calls hooks lint; do echo "--- $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; done

fuzz: install
	$(BIN)/python -m pip install --quiet --group fuzz
	$(BIN)/python fuzz/lint.py -max_total_time=60 -max_len=4096 fuzz/corpus

pages: install
	$(BIN)/python -m tests.pages

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
