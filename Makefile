# Wutong. `make` lists the targets; docs/operations.md explains them.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
# Which interpreter builds .venv: make run PYTHON=python3.12
PYTHON ?=
export PYTHON

BIN := .venv/bin
prepare = @python=$$(sh setup/find-python.sh) && "$$python" setup/prepare.py
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

# What `make bench` measures: where its databases lie, how large they are, and PostgreSQL if it is to be measured too.
BENCH_DIR ?= var/bench
BENCH_VOLUME ?= full
BENCH_POSTGRESQL ?=

.PHONY: help setup run test check test-deep bench screenshots messages lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## prepare everything: environment, dependencies, front-end libraries, translations
	$(prepare) tests

run: ## serve the product with a sample zone on http://127.0.0.1:8000 (PORT=8001 for another port)
	$(prepare) product
	@$(BIN)/wutong migrate
	@$(BIN)/wutong sample
	@exec $(BIN)/wutong serve --port $(PORT)

test: ## all tests, browser tests included, on SQLite and, where it answers, PostgreSQL
	$(prepare) tests
	@$(BIN)/python setup/test.py

check: ## style, types, layers, migrations, translations, file sizes, glossary
	$(prepare) tests
	@$(BIN)/python setup/check.py

test-deep: ## long property runs
	$(prepare) tests
	@$(BIN)/python -m pytest -m deep

bench: ## measure all pages with a million cases (BENCH_POSTGRESQL=URL of an empty database for PostgreSQL too)
	$(prepare) product
	@$(BIN)/python -m bench.measure --directory $(BENCH_DIR) --volume $(BENCH_VOLUME) \
		$(if $(BENCH_POSTGRESQL),--postgresql $(BENCH_POSTGRESQL))

screenshots: ## pictures of the pages into screenshots/
	$(prepare) tests
	@$(BIN)/python -m pytest tests/browser/test_screenshots.py -m screenshots

messages: ## extract the texts of the product into its catalogues
	$(prepare) tests
	@$(BIN)/wutong translations extract

lock: ## renew the lock files from requirements/*.in and package.json
	$(prepare) product
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@for name in base test node; do \
		$(UV_COMPILE) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@npm install --package-lock-only --ignore-scripts

clean: ## remove what set-up made; the data in var/ stays
	@rm -rf .venv node_modules build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find src -name '*.mo' -delete
