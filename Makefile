# Everything from a bare checkout with Python >= 3.11 and make. `make run` and `make test` set up what they need.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
# The town to run, to talk to, to check and to make models of: a name under skill/cities, or the path of a folder.
TOWN ?= issy-les-moulineaux
# Where its models go: beside their sources for the default town, in build/models/<its id> for another.
OUT ?=

# MAIRIE_TOWN and MAIRIE_COMPILED decide, unless TOWN is given.
ASKED := $(if $(filter file,$(origin TOWN)),,--town "$(TOWN)")

.PHONY: run talk test test-all check format bench scale voice lock models package skill-package clean build-SkillFunction build-RefreshFunction build-WebFunction

run: $(STAMP)
	$(BIN)/mairie $(ASKED) run

talk: $(STAMP)
	$(BIN)/mairie $(ASKED) talk

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 -q

# The slow judges too: a simulated speaker, the npm judges (installed on first use), gPodder, Chromium and wapiti (Debian's; left out, and said so, where they cannot be
# installed). PICTURES=1 takes the pictures of README and of the guide anew.
test-all: $(STAMP)
	@for pair in gpo:gpodder chromium:chromium wapiti:wapiti faketime:faketime; do \
		command -v $${pair%%:*} >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -qq -y --no-install-recommends $${pair##*:}; } >/dev/null 2>&1 \
			|| echo "$${pair##*:} is not here: its judge is left out"; \
	done
	$(BIN)/python -m pytest -n 2 -q --slow

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m interaction_model.build --check
	$(BIN)/mairie $(ASKED) check

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# One table, ratios in the same run, kept as build/bench.json; some six minutes. wrk is Debian's; without it the load is left out, and said so.
bench: $(STAMP)
	@command -v wrk >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -qq -y --no-install-recommends wrk; } >/dev/null 2>&1 || true
	$(BIN)/python -m tests.bench

# A morning's peak by simulation, with the real handler, and what it costs (docs/scale.md); some two minutes.
scale: $(STAMP)
	$(BIN)/python -m tests.bench.morning

# How replies are worded, and how mistakes are mended: lengths, corrections, reading ease.
voice: $(STAMP)
	$(BIN)/python -m tests.voice

# Amazon's JSON from the hand-written samples and the town's names.
models: $(STAMP)
	$(BIN)/python -m interaction_model.build --town "$(TOWN)" $(if $(OUT),--out "$(OUT)")

# What `ask deploy` sends: build/skill-package. ENDPOINT is the function's ARN (SkillFunctionArn) or https://…/alexa.
skill-package: $(STAMP)
	$(BIN)/python -m interaction_model.package --town "$(TOWN)" --endpoint "$(ENDPOINT)" $(if $(OUT),--out "$(OUT)")

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# Everything that runs beside us; OpenVoiceOS has a home of its own, into which we are installed (docs/speakers/ovos.md).
EXTRAS := --extra server --extra console --extra podcasts --extra aws --extra wyoming --extra mcp

# Needs the network and `pip install uv`; run after changing dependencies in pyproject.toml.
lock:
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url $(EXTRAS) --extra dev -p 3.11 -o requirements.lock pyproject.toml
	uv pip compile --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
		-o lambda/requirements.lock lambda/requirements.in
	uv pip compile --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
		-o lambda/requirements-refresh.lock lambda/requirements-refresh.in
	uv pip compile --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
		-o lambda/requirements-web.lock lambda/requirements-web.in
	uv pip compile --universal --generate-hashes --no-header --no-annotate --no-emit-index-url $(EXTRAS) -p 3.11 \
		-o docs/server/requirements.lock pyproject.toml

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# What Lambda runs, without Docker: build/package/*.zip with a template that names them. `sam build` builds the same, function by function.
package: $(STAMP)
	$(BIN)/python lambda/package.py

build-SkillFunction build-RefreshFunction build-WebFunction: $(STAMP)
	$(BIN)/python lambda/package.py --function $(@:build-%=%) --into "$(ARTIFACTS_DIR)"
