# Targets for everyday use. The `##` comment of each target is its description in `make help`.

SHELL := /bin/bash
export PATH := $(HOME)/.cargo/bin:$(PATH)

# The Cargo profile of the program: `dev` compiles quickly, `release` answers more quickly.
export PROFILE ?= dev

.PHONY: help start stop slurm-up slurm-down start-slurm start-slurm-cli install build web web-dev test test-slurm-versions test-crash lint update demo bench bench-load dist test-dist test-containers

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

start: install build ## Install what is missing, build, and start the service on 127.0.0.1:9300
	@dev/service start

stop: ## Stop the service that make start started; running jobs continue
	@dev/service stop

slurm-up: ## Bring up a Slurm cluster of two nodes on this machine (state in .run/slurm)
	@dev/slurm/up

slurm-down: ## Stop that cluster
	@dev/slurm/down

start-slurm: slurm-up install build ## Start the service on that cluster, with Slurm's REST API
	@set -a && eval "$$(dev/slurm/env rest)" && dev/service start

start-slurm-cli: slurm-up install build ## Start the service on that cluster, with Slurm's command line
	@set -a && eval "$$(dev/slurm/env cli)" && dev/service start

install: ## Install what is missing: a Rust toolchain, a C compiler, HyPhy (in ./engine)
	@dev/install-tools
	@dev/install-engine

build: ## Build the page, if Node 20.19 or newer is installed, and the program; PROFILE=release optimises it for servers
	@dev/build-page
	cargo build --profile $(PROFILE) --locked -p cli

web: ## Rebuild the web page (web/dist; commit it with its sources); needs Node 20.19
	@dev/build-page --anew

web-dev: ## Serve the page with hot reload, against a running service (DATAMONKEY_URL, by default port 9300)
	cd web && npm ci --no-audit --no-fund && npm run dev

test: install ## Install what the tests need, and run all of them; REQUIRE_ALL=1 fails if a part cannot run
	@dev/test

test-slurm-versions: install ## Test against the Slurms of Debian 13 and sid, unpacked into folders; needs root
	cargo test --locked -p cli --test slurm -- --ignored --nocapture --test-threads=1 versions

test-crash: install ## Kill the service and supervisors 1,000 times (CRASH_KILLS, CRASH_SEED)
	CRASH_KILLS=$${CRASH_KILLS:-1000} cargo test --locked -p cli --test crash

lint: ## Check formatting, lints, documentation, dependencies (if cargo-deny is installed) and the page
	@dev/lint

update: ## Regenerate from the code: openapi.json, docs/SETTINGS.md, the types of the Python package, the home page's example
	cargo run --locked -q -p cli -- openapi > openapi.json.new
	mv openapi.json.new openapi.json
	cargo run --locked -q -p cli -- config --markdown > docs/SETTINGS.md.new
	mv docs/SETTINGS.md.new docs/SETTINGS.md
	@dev/python-models
	@dev/example-result

demo: install build ## Run FEL on HyPhy's own example data
	@dev/demo

bench: install ## Measure the service against the bare hyphy command
	@cargo build --release --locked -p cli
	@bench/overhead

bench-native: install ## Compare the native engine with HyPhy on alignments (FILES="ALIGNMENT[:TREE]…")
	@cargo build --release --locked -p cli
	@cargo build --release --locked -p selection --examples
	@bench/native $(FILES)

bench-load: install ## Measure the service under load, on a small store and on a large one
	@cargo build --release --locked -p cli
	@bench/load

dist: ## Make the packages of a release in ./dist: archive, Debian package, wheel, SBOM
	@dev/dist-tools
	@dev/dist

test-dist: ## Install and use the packages of make dist in clean Debian 12 and 13; needs root
	@dev/test-dist

test-containers: ## Build and use the images of Containerfile with podman, as compose.yaml says; needs root and make dist
	@dev/test-containers
