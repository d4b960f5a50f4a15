# Two targets are all a newcomer needs: `make demo` and `make test`. Both set up .venv by themselves.
PORT ?= 8300
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install -c constraints.txt
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint console bench format constraints clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/installed console ## Make a demo shop in var/demo and serve it on PORT (8300)
	@echo "limner: making the demo shop in var/demo, then serving it on port $(PORT)"
	@PORT=$(PORT) $(BIN)/limner demo var/demo

test: $(VENV)/installed-dev console ## Run the quick tests
	@echo "limner: running the tests"
	@$(PYTEST) -m "not slow" -n 2 --dist loadfile -q

test-all: $(VENV)/installed-dev console ## Run all tests, those of a cluster and of sudden death too
	@$(PYTEST) -n 2 --dist loadfile -q

lint: $(VENV)/installed-dev ## Check style, types and the layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/installed-dev ## Put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

console: $(BIN)/python ## Build the console, where Node 20.19 or newer is
	@$(BIN)/python tools/build_console.py

bench: $(VENV)/installed-dev ## Measure against peers; the table goes to docs/benchmarks.md by hand
	@$(BIN)/python -m benches

constraints: $(VENV)/installed-dev ## Write the installed versions to constraints.txt
	@sed -n '1p' constraints.txt > $(VENV)/constraints.txt
	@$(BIN)/python -m pip --disable-pip-version-check freeze --exclude-editable | sort -f >> $(VENV)/constraints.txt
	@cp $(VENV)/constraints.txt constraints.txt

clean: ## Remove all that was made here, the demo shop too
	rm -rf $(VENV) src/limner/console console/node_modules console/dist var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@echo "limner: making a virtual environment in $(VENV)"
	@sh tools/make-venv $(VENV)

$(VENV)/installed: $(BIN)/python pyproject.toml constraints.txt
	@echo "limner: installing what Limner needs into $(VENV) (about a minute the first time)"
	@LIMNER_CONSOLE=off $(PIP) -e . || { echo "limner: pip could not install the packages; its own words are above. Check the network and the disk, then give the command again." >&2; exit 1; }
	@echo "limner: compiling the kernels (once, a minute or two)"
	@$(BIN)/python -m limner.rehearsal
	@touch $@

$(VENV)/installed-dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "limner: installing Limner and its tests' tools into $(VENV) (a few minutes the first time)"
	@LIMNER_CONSOLE=off $(PIP) -e '.[dev,spark]' || { echo "limner: pip could not install the packages; its own words are above. Check the network and the disk, then give the command again." >&2; exit 1; }
	@echo "limner: compiling the kernels (once, a minute or two)"
	@$(BIN)/python -m limner.rehearsal
	@touch $@ $(VENV)/installed
