# make run, make test, make check: each makes its environment first, once.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes
# An environment whose Python has gone, or is another one now, counts as none.
$(shell [ -e $(VENV)/.runtime ] && ! $(BIN)/python -c 'import django' 2>/dev/null && rm -f $(VENV)/.runtime)
# By whole files, in the order of collection, which begins with the longest.
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help run test check bench messages lock clean python

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runtime ## Start the whole system with a demo shop (PORT=8000, DATA_DIR=.data); Ctrl-C stops it
	@exec $(BIN)/python manage.py run

test: $(VENV)/.dev ## Run all tests on a PostgreSQL and a broker of their own
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: export PRODUCTION = DEBUG=0 DATABASE_URL=postgres://nobody@nowhere/none REDIS_URL=redis://nowhere
check: $(VENV)/.dev ## Lint, format, types, layers, migrations, deployment settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	env $$PRODUCTION SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.runtime ## Measure orders a second beside what PostgreSQL could do at best (BENCH_ARGS="--seconds 5")
	@$(BIN)/python manage.py bench $(BENCH_ARGS)

messages: $(VENV)/.runtime ## Collect what is to be translated, and compile what is (needs GNU gettext)
	$(BIN)/python manage.py makemessages
	$(BIN)/pybabel -q compile -D django -d ordermgmt/locale
	$(BIN)/pybabel -q compile -D djangojs -d ordermgmt/locale

lock: python ## Compile requirements*.txt from pyproject.toml
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install -qq pip-tools
	@for extra in "" "-dev"; do \
		$(VENV)-lock/bin/pip-compile -q --upgrade --generate-hashes --strip-extras --no-header --no-emit-index-url \
			--no-emit-trusted-host --no-emit-find-links $${extra:+--extra dev -c requirements.txt} \
			-o requirements$$extra.txt pyproject.toml || exit 1; \
	done
	@rm -rf $(VENV)-lock

clean: ## Remove the environment, caches and the data of `make run`
	rm -rf $(VENV) .data staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: install Python 3.11 or newer, or set PYTHON."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed; set PYTHON to one."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv or pip is missing: install it (Debian: apt-get install python3-venv)."; exit 1; }

# An environment of another Python, or one that was moved, is made anew; so is one that was cut short.
$(VENV)/.runtime: requirements.txt | python
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1 || ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		$(PYTHON) -m venv --clear $(VENV) || { echo "Cannot make $(CURDIR)/$(VENV)."; exit 1; }; fi
	@echo "Installing the requirements (once, about 20 seconds) ..."
	@$(INSTALL) -r requirements.txt || { echo "Installing the requirements failed."; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what tests and checks need (once, about 20 seconds) ..."
	@$(INSTALL) -r requirements-dev.txt || { echo "Installing the requirements failed."; exit 1; }
	@touch $@
