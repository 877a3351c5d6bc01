# make run    environment, dependencies, pages served, address printed; make dev is the same
# make test   environment, dependencies, browser, all tests
# make help   the other targets

PORT ?= 8866
VENV ?= .venv
BIN := $(VENV)/bin
PEERS ?= .venv-peers
AUDIT ?= .venv-audit
NEWEST := python3.14 python3.13 python3.12 python3.11 python3
PYTHON ?= $(shell for p in python3 $(NEWEST); do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)
# More than four would fight over a laptop. Tests with a browser wait more than they compute, and have a
# run of their own.
SIDE_BY_SIDE := -n logical --maxprocesses=4 --dist=loadfile
BROWSERS := -n 3 --dist=loadfile
SHARED := $(wildcard lively/template/* lively/web/*.css lively/web/*.js)

.DELETE_ON_ERROR:
.PHONY: help run dev test test-fast check format screenshots chunks licences audit benchmark constraints binder-link clean

help:  ## show the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## serve the pages, taking up what is saved; PORT=9000 for another port
	@$(BIN)/python tools/serve.py --port $(PORT)

dev: run  ## the same: what is saved is taken up, and tracebacks are on the page

test: $(VENV)/.test  ## check the style and the types, and run all tests
	@tools/browser.sh $(BIN)/python
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not browser" $(PYTEST)
	@$(BIN)/python -m pytest $(BROWSERS) -m browser $(PYTEST)

test-fast: $(VENV)/.test  ## run the tests that need no browser and are not exhaustive
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not browser and not thorough" $(PYTEST)

check: $(VENV)/.test  ## style, types and notebooks, changing nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/nbstripout --verify dashboards/*.ipynb

format: $(VENV)/.test  ## put style and notebooks in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/nbstripout dashboards/*.ipynb

screenshots: $(VENV)/.test  ## take the pictures of the documentation anew
	@tools/browser.sh $(BIN)/python
	@$(BIN)/python tools/screenshots.py

chunks: $(VENV)/.test  ## write down which scripts pages use
	@tools/browser.sh $(BIN)/python
	@$(BIN)/python tools/chunks.py

licences: $(VENV)/.test  ## write down the licences of the scripts that pages load
	@$(BIN)/python tools/licences.py

benchmark: $(VENV)/.test $(PEERS)/.peers  ## measure frames, opening, a class, and the peers
	@tools/browser.sh $(BIN)/python
	@$(BIN)/python benchmarks/table.py --python $(abspath $(PEERS))/bin/python

constraints: $(VENV)/.test  ## write the installed versions into constraints.txt
	@$(BIN)/python tools/constraints.py

audit: $(AUDIT)/.audit  ## ask whether a version in constraints.txt has a known weakness
	@$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r constraints.txt

binder-link:  ## print the Binder link of this checkout's own remote
	@sh tools/binder-link.sh

clean:  ## remove the environment and what tests leave
	rm -rf $(VENV) $(PEERS) $(AUDIT) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed, and none was found on the PATH." >&2; exit 1; fi
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "Python could not make an environment (Debian: apt-get install python3-venv)." >&2; \
		exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt --upgrade pip
	@touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml constraints.txt $(SHARED)
	@echo "Installing what the pages need …"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off \
		-c constraints.txt -e . | sed -u -n 's/^Collecting \([^ ;(]*\).*/  \1/p'
	@$(BIN)/python -c "import lively" && touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt \
		--group test --group check
	@touch $@

$(PEERS)/.peers: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing the peers of the benchmark in $(PEERS) …"
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt --upgrade pip
	@$(PEERS)/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt -e . \
		--group peers
	@touch $@

$(AUDIT)/.audit: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing pip-audit in $(AUDIT) …"
	@$(BIN)/python -m venv --clear $(AUDIT)
	@$(AUDIT)/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt --upgrade pip
	@$(AUDIT)/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt --group audit
	@touch $@
