# What a person does with Fishbowl. Everything else is `manage.py help`.

# The Python to make the environment with, if not the newest that all packages have wheels for.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
# Two more than there are cores: tests of whole processes wait a good deal.
TESTERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
TEMPLATES := templates
# Containers like to forbid it; without compiled files every process would compile the whole again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test lint fix bench install install-dev

help:  ## Show this
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 16

run: install  ## Start everything; PORT and FISHBOWL_VAR choose where, Ctrl-C stops it
	@exec $(BIN)/python manage.py up

test: install-dev  ## Run all tests on real servers; TESTS=path chooses some
	@exec $(BIN)/python -m pytest -n $(TESTERS) --dist worksteal $(TESTS)

lint: install-dev  ## Check style, types, templates, import directions and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint --quiet --check --lint $(TEMPLATES)
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

fix: install-dev  ## Mend what can be mended without thinking
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --quiet --reformat $(TEMPLATES)

bench: install-dev  ## Measure; results go to benchmarks/results/
	@exec $(BIN)/python -m benchmarks

install: $(BIN)/python
	@sh tools/install requirements.txt

install-dev: $(BIN)/python
	@sh tools/install requirements-dev.txt

# A virtual environment that was moved, or whose Python has gone, is made anew.
.PHONY: $(BIN)/python
$(BIN)/python:
	@sh tools/environment '$(PYTHON)' $(VENV)
