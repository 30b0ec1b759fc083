# Everything from a bare checkout with Python >= 3.11 and make. `make run` and `make test` set up what they need.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: run talk test test-all check format bench lock models clean

run: $(STAMP)
	$(BIN)/mairie run

talk: $(STAMP)
	$(BIN)/mairie talk

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 -q

# The slow judges too: fuzzing and the npm reference for opening hours (installed on first use).
test-all: $(STAMP)
	$(BIN)/python -m pytest -n 2 -q --slow

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m interaction_model.build --check
	$(BIN)/mairie check

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)
	$(BIN)/python -m tests.bench

# Amazon's JSON from the hand-written samples and the town's names.
models: $(STAMP)
	$(BIN)/python -m interaction_model.build

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# Needs the network and `pip install uv`; run after changing dependencies in pyproject.toml.
lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --all-extras -p 3.11 -o requirements.lock pyproject.toml

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
