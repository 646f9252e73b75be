PYTHON ?= python3
PY := .venv/bin/python
STAMP := .venv/.ready

.PHONY: setup run demo-telegram lint docs test test-slow test-all faults check bench bench-full peers

setup: $(STAMP)

$(STAMP): pyproject.toml lock.txt lock-build.txt
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install -q --require-hashes -r lock.txt -r lock-build.txt
	$(PY) -m pip install -q --no-deps --no-build-isolation -e .
	touch $(STAMP)

run: setup
	$(PY) -m bot run

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m cogapp --check README.md

docs: setup
	$(PY) -m cogapp -r README.md

test: setup
	$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal

test-slow: setup
	$(PY) -m pytest -m slow

test-all: test test-slow

faults: setup
	PYTHONPATH=tests PTB_TIMEDELTA=1 $(PY) -m delivery.kills 200

check: lint test

demo-telegram: setup
	PYTHONPATH=tests $(PY) -m fakes.bot_api --port 0 --bot

bench: setup peers
	$(PY) -m bench

bench-full: setup peers
	$(PY) -m bench --full $(PART)

peers: .venv-peers/.ready

.venv-peers/.ready: bench/peers.txt bench/texts.txt
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install -q -r bench/peers.txt
	.venv-peers/bin/python -m pip install -q --no-deps -r bench/texts.txt
	touch $@
