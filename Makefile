# TapFlow's commands. `make` alone lists them.
# Everything runs in .venv/, made from the locked sets in requirements/ by any Python 3.11-3.13.

PROFILE ?=
ARGS ?=
NAME ?=

# The stamps carry the locks' content, so that an unchanged set-up is never done twice
# and needs no network; a changed lock installs only what differs.
BASE_KEY := $(shell cat requirements/base.txt pyproject.toml scripts/setup.sh | cksum | cut -d' ' -f1)
TEST_KEY := $(shell cat requirements/test.txt pyproject.toml scripts/setup.sh | cksum | cut -d' ' -f1)
BASE := .venv/.ready-base-$(BASE_KEY)
TEST := .venv/.ready-test-$(TEST_KEY)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help up test check lint format types bench clean lock generate

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

up: $(BASE) ## Build the company and its platform: make up PROFILE=tiny|demo|full ARGS="--seed 7"
	@$(BIN)/tapflow up $(if $(PROFILE),--profile "$(PROFILE)") $(ARGS)

test: $(TEST) ## Run every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: lint types ## Lint, check types and run the fast tests
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow" $(ARGS)

lint: $(TEST) ## Check the style of Python and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/sqlfmt --check --quiet warehouse

types: $(TEST) ## Check the types
	@$(BIN)/mypy

format: $(TEST) ## Format Python and SQL
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfmt --quiet warehouse

bench: $(TEST) ## Run the benchmarks, or one: make bench NAME=events
	@$(BIN)/python -m benchmarks $(NAME) $(ARGS)

generate: $(TEST) ## Write the staging models and their documentation anew from the declarations
	@$(BIN)/python -m tapflow.pipeline.generate

lock: $(TEST) ## Resolve the locked dependency sets anew
	@cd requirements && for set in base test; do \
	  ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" ../pyproject.toml build.in \
	    $$(test $$set = test && echo test.in) -o $$set.txt || exit 1; done

clean: ## Remove caches and what was built (not the company in .tapflow/, nor .venv/)
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist benchmarks/results warehouse/target warehouse/logs
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BASE):
	@bash scripts/setup.sh requirements/base.txt "$@"

$(TEST):
	@bash scripts/setup.sh requirements/test.txt "$@"
	@touch "$(BASE)"
