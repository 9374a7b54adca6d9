# What people and CI call. Every target runs by itself; a second run has next to nothing to do.

# One set of flags for all: whichever target comes first, the others find its build. Tests import the libraries as `@testable`.
FLAGS = -c release -Xswiftc -enable-testing $(if $(MPI),--traits MPI)
# The tests to run, as a regular expression: make test FILTER=TorchTests
FILTER ?= .
# MPI=1: training by several processes (CONTRIBUTING.md); needs Debian's libopenmpi-dev and openmpi-bin.
MPI ?=
# Where `make install` installs to; DESTDIR is put before it, for packagers.
PREFIX ?= /usr/local
DESTDIR ?=

SWIFT_FILES = Sources Tests Benchmarks Examples/Restore/Package.swift Examples/Restore/Sources Package.swift
export PREFIX DESTDIR

.PHONY: help bootstrap build test test-slow demo examples docs bench results format lint install uninstall clean
.NOTPARALLEL:

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

bootstrap: ## Install what is missing: LibTorch into .deps, libvips by the system's package manager
	@Scripts/bootstrap.sh

build: bootstrap ## Build .build/release/kenet and kenet-train
	swift build $(FLAGS)

test: bootstrap ## Build and run the tests (FILTER=REGEX: those alone)
	swift build $(FLAGS) --build-tests
	swift test $(FLAGS) --skip-build --no-parallel --filter '$(FILTER)'

test-slow: export KENET_SLOW = 1
test-slow: test examples docs ## Run the tests with the slow ones, the example, the documentation, and the page in a browser (SHOTS=FOLDER keeps screenshots)
	@Tests/Browser/run.sh

demo: build ## Restore a shipped photo into demo/
	@Scripts/demo.sh

examples: bootstrap ## Build and run the package in Examples/Restore, which uses the library
	swift run -c release --package-path Examples/Restore restore

docs: build ## Build the library's documentation into .build/docs; a warning is an error
	@Scripts/docs.sh

bench: build ## Time everything beside PyTorch (PYTHON=… has it; PACK=FILE adds training; THREADS=N, ROUNDS=5, PARTS=… JSON=FILE)
	@Benchmarks/bench.py $(if $(THREADS),--threads $(THREADS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(PARTS),--parts $(PARTS)) \
		$(if $(JSON),--json $(JSON))

results: build ## Measure the paper's tables on DATA=FOLDER into Documentation/results.md
	@Scripts/results.sh

format: ## Format the Swift files in place
	swift format format --in-place --recursive --parallel $(SWIFT_FILES)

lint: ## Check the formatting of the Swift files, and the scripts where shellcheck is there
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)
	@if command -v shellcheck >/dev/null; then shellcheck Scripts/*.sh Tests/Browser/*.sh .ci/run; fi

# Under sudo nothing is built: it would leave files of root's in .build, and root may have no Swift.
install: $(if $(SUDO_USER),,build) ## Install into PREFIX (/usr/local): the tools, LibTorch's libraries, weights, completions, manual
	@Scripts/install.sh install

uninstall: ## Remove what `make install` installed into PREFIX
	@Scripts/install.sh uninstall

clean: ## Remove what was built and the demo's pictures (.deps stays)
	rm -rf .build Examples/Restore/.build demo
