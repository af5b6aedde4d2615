# Xiaoer from a fresh clone: a Debian machine with Python 3.11 and make is enough. `make` alone prints what there is.

PYTHON ?= python3
CONFIG ?= $(wildcard config.toml)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
PIP_CHECK := $(BIN)/python -m pip --disable-pip-version-check check
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-header

AUDIT := .venv/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

.PHONY: help install run demo test coverage check bench bench-answers kill races hour attack emulator screenshots fit audit lock tools chromium

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

install: .venv/.installed ## make the environment (.venv) from the lock file

run: install ## serve on http://127.0.0.1:8080, with config.toml if there is one (or CONFIG=file)
	@exec $(BIN)/xiaoer serve $(if $(CONFIG),--config "$(CONFIG)")

demo: install ## a whole shop to look at: staff, three channels, buyers who write; nothing of it is real
	@exec $(BIN)/xiaoer demo

test: tools chromium ## every check: lint, types, import contracts, all tests (15 minutes at most)
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -q -n 2 --dist worksteal

coverage: tools chromium ## the same tests, counted: which lines and branches they reach (three times as slow)
	$(BIN)/pytest -q -n 2 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report

check: tools lint ## the fast part of it: lint, types, import contracts, tests without browser and kills
	$(BIN)/pytest -q -n 2 --dist worksteal --ignore=tests/browser --ignore=tests/reliability

lint: tools ## lint, types and import contracts only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: tools ## measure speed, start-up and memory: a table and one JSON line for each figure
	@for each in $(filter-out bench_answers,$(notdir $(basename $(sort $(wildcard bench/bench_*.py))))); do \
	  $(BIN)/python -m "bench.$$each"; done

bench-answers: tools ## measure how good the answers are
	$(BIN)/python -m bench.bench_answers $(DATA)

kill: tools ## kill the program 160 times over 8,000 messages: nothing may be lost, doubled or out of order
	$(BIN)/python tests/reliability/kill.py --messages 8000 --kills 160

races: tools ## let two people race in 5,000 conversations (RACES=n SEED=n): the bot is silent, nothing is lost or said twice
	$(BIN)/python -m tests.reliability.desk_races $(if $(RACES),--races $(RACES)) $(if $(SEED),--seed $(SEED))

hour: tools chromium ## let two people in two browsers run a busy shop for 5 minutes (MINUTES=n SEED=n): nobody waits too long
	$(BIN)/python -m tests.browser.busy_hour $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

attack: tools ## attack a running server from outside, on this machine: strangers may neither stop nor slow it
	@for each in $(notdir $(basename $(sort $(wildcard tests/attack/*.py)))); do \
	  echo "$$each"; $(BIN)/python -m "tests.attack.$$each"; done

emulator: tools ## let npm's emulator play Telegram for the tests: installed once, where node and npm are
	npm install --prefix .venv/emulator --no-audit --no-fund --ignore-scripts telegram-test-api@4.2.1
	$(BIN)/pytest -q -n 0 tests/adapters/telegram/emulator.py

screenshots: tools chromium ## pictures of every page in var/screenshots: both sizes, themes and languages, empty, full, in trouble
	$(BIN)/python -m tests.browser.screenshots $(SCENES)

fit: tools ## fit the starter manual anew, after a change of it or of the matcher (a minute)
	$(BIN)/python -m training.fit_starter

audit: install ## look what the lock file pins up among known vulnerabilities (PyPI's list, else OSV's; needs the network)
	@$(BIN)/python -m venv .venv/audit && .venv/audit/bin/pip install --quiet pip-audit==2.10.1
	$(AUDIT) || $(AUDIT) --vulnerability-service osv

lock: | $(BIN)/pip-compile ## write both lock files and the bill of materials anew from pyproject.toml (UPGRADE=1 takes newer versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) --build-deps-for editable -o requirements.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra test -c requirements.lock -o requirements-test.lock pyproject.toml
	$(BIN)/python deploy/sbom.py < requirements.lock > deploy/sbom.json

# What the targets above stand on

tools: .venv/.tools

$(BIN)/pip-compile:
	@$(MAKE) --no-print-directory tools

chromium:
	@PATH="$$PATH:/usr/sbin"; for each in chromium curl haproxy nginx openssl systemd-analyze; do \
	  command -v $$each >/dev/null || missing="$${missing:-} $${each%-analyze}"; done; \
	if [ -n "$${missing:-}" ]; then \
	  echo "Installing$$missing from Debian's packages, for the tests in a real browser, behind real proxies and from a real shell ..."; \
	  $(AS_ROOT) apt-get update -qq && \
	  $(AS_ROOT) apt-get install -qq -y --no-install-recommends $$missing fonts-noto-cjk >/dev/null; fi

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Xiaoer needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "$(PYTHON) cannot make an environment; on Debian: apt-get install python3-venv, then make again"; exit 1; }

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing Xiaoer into .venv, which takes a minute the first time ..."
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@told=$$($(PIP_CHECK)) || { echo "$$told"; exit 1; }
	@touch $@

.venv/.tools: requirements-test.lock .venv/.installed
	@echo "Installing what the tests need ..."
	@$(PIP) install --no-deps --require-hashes -r requirements-test.lock
	@told=$$($(PIP_CHECK)) || { echo "$$told"; exit 1; }
	@touch $@
