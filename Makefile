# The commands of this project. What takes more than one line is in scripts/.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help serve build dev test check e2e lighthouse soak bench bench-docs simulate

help: ## say what can be done here
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1	/p' Makefile | expand -t 18

serve: build ## install what is missing, build the release and serve it at http://localhost:3000 (options: ARGS="…")
	@exec target/release/todoapp $(ARGS)

build: ## build the release, one file: target/release/todoapp
	@scripts/setup.sh build && scripts/build.sh

dev: ## serve a debug build and rebuild it at every change
	@scripts/setup.sh build && . scripts/env.sh && exec cargo leptos watch

test: ## install, check, build and test everything
	@scripts/setup.sh test && scripts/test.sh

check: ## check format, lints, documentation and types
	@scripts/setup.sh check && scripts/check.sh

e2e: ## build the release and play the browser tests (options for Playwright: ARGS="…")
	@scripts/setup.sh test && scripts/build.sh && scripts/e2e.sh $(ARGS)

lighthouse: ## build the release and have Lighthouse look at it as on a phone
	@scripts/setup.sh test && scripts/build.sh && scripts/lighthouse.sh

soak: ## build the release, break everything around it for 5 minutes and take figures (other times: SECONDS_TO_RUN=60)
	@scripts/setup.sh test && scripts/build.sh && scripts/soak.sh

bench: ## build the release and measure it beside its peers, some minutes (options: ROUNDS=5 BENCH_SECONDS=2 BENCH_ONLY=growth or nodes)
	@scripts/setup.sh bench && scripts/build.sh && scripts/bench.sh run

simulate: build ## simulate a million sockets on many servers, with the times that were measured
	@scripts/bench.sh simulate

bench-docs: bench ## the same, then put the figures into README.md and docs/bench.svg
	@scripts/bench.sh docs
