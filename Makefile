# make run: a shop you can buy from.  make test: every test.  make check: all that CI runs.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
export PORT

.PHONY: run seed setup develop quick test check bench pins browser format sentences

setup: .venv/.shop

.venv/.uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@

.venv/.shop: requirements.txt | .venv/.uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

.venv/.develop: requirements.txt requirements-dev.txt .venv/.shop
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

run: setup
	@$(BIN)/python -m flask --app storefront up

seed: setup
	$(BIN)/python -m flask --app storefront db upgrade
	$(BIN)/python -m flask --app storefront seed

develop: .venv/.develop

browser:
	@sh tests/browser/install.sh

quick: develop
	$(BIN)/python -m pytest $(SPREAD) -m "not browser and not processes"

# All at once: while a browser or a starting shop is waited for, other tests compute, so one worker
# more than there are processors. The tests of a file share what takes long to start, so a file is
# one worker's. On PostgreSQL what would be the same test again is left out (tests/conftest.py).
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
SPREAD := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test: develop browser
	$(BIN)/python -m pytest $(SPREAD)
	$(BIN)/python -m pytest $(SPREAD) --database postgresql

check: develop
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(MAKE) test

bench: develop
	$(BIN)/python -m bench.run

format: develop
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pins: .venv/.uv
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url requirements-dev.in -o requirements-dev.txt

sentences: setup # every sentence of the shop into the catalogues of its languages
	$(BIN)/python -m flask --app storefront sentences
