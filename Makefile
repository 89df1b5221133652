# Two commands on a fresh machine: `make demo` runs a call, `make test` runs everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS ?= 2000
UV := $(BIN)/python -m uv pip install --python $(BIN)/python
PEERS := $(patsubst %,tests/%/node_modules/.package-lock.json,jambonz readers)

.PHONY: help demo test check install format pages new-verb bench fuzz mutants chaos clean

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# ------------------------------------------------------------------------- what people come for

demo: $(VENV)/.runtime ## A whole call over real sockets, with a simulated carrier
	@$(BIN)/python samples/application/demo.py

test: install $(PEERS) ## Every test
	$(BIN)/pytest -n auto

check: install ## Style, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/basedpyright
	$(BIN)/lint-imports

# ------------------------------------------------------------------------- what they need

install: $(VENV)/.installed ## A virtual environment in .venv with everything for development

$(VENV)/.uv:
	@echo "making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.runtime: pyproject.toml | $(VENV)/.uv
	@echo "installing callverbs and what it needs to run"
	@$(UV) --editable .
	@touch $@

$(VENV)/.installed: $(VENV)/.runtime
	@echo "installing what development needs besides"
	@$(UV) --editable . --group dev
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json
	@if command -v npm >/dev/null; then \
		npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@; \
	else echo "npm is missing: nothing is compared with the packages of $*"; fi

# ------------------------------------------------------------------------- what contributors do

format: install ## Put the style right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pages: install ## Write the generated parts of pages and schemas
	$(BIN)/python -m callverbs.schemas._bundle
	$(BIN)/python -m tests.pages

new-verb: install ## The skeleton of a verb: make new-verb NAME=wait
	@$(BIN)/python -m tests.new_verb $(NAME)

bench: install ## What it costs, beside others
	$(UV) --quiet --group bench
	@for name in step simulate memory serve recovery failover calls hooks lint; do echo "--- $$name"; PYTHONPATH=. $(BIN)/python benchmarks/$$name.py || exit 1; done

fuzz: install ## A minute of what nobody would write, for the linter
	$(UV) --quiet --group fuzz
	$(BIN)/python fuzz/lint.py -max_total_time=60 -max_len=4096 fuzz/corpus

chaos: install ## Kill servers at every failpoint, over all samples: RUNS=20000 for a long one, SEED=4711 to replay one
	$(BIN)/python -m tests.chaos.run --runs $(RUNS) $(if $(SEED),--seed $(SEED))

mutants: install ## Plant faults in the engine and see whether a test fails for each
	$(UV) --quiet --group mutants
	$(BIN)/mutmut run
	$(BIN)/python -m tests.mutants

clean: ## Remove everything that was made here
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
