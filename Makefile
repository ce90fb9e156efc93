# Plaza: build, try, test, install. `make help` lists the targets.

PREFIX     ?= /usr/local
DESTDIR    ?=
BINDIR      = $(DESTDIR)$(PREFIX)/bin
SBINDIR     = $(DESTDIR)$(PREFIX)/sbin
MANDIR      = $(DESTDIR)$(PREFIX)/share/man
DOCDIR      = $(DESTDIR)$(PREFIX)/share/doc/plaza
UNITDIR     = $(DESTDIR)/usr/lib/systemd/system
CONFDIR     = $(DESTDIR)/etc/chatd

# Release binaries carry the Swift runtime: they start in 3 ms and need no toolchain where they run.
RELEASE     = -c release --static-swift-stdlib -Xswiftc -use-ld=lld
export PLAZA_COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

.PHONY: help build test demo deps deps-test check lint format docs bench journey install uninstall clean \
	proof-sketch proof-fresh proof-systemd

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: deps ## build the release binaries into .build/release
	swift build $(RELEASE)

deps: ## install what is missing of the Debian packages (root or sudo)
	@Scripts/deps

deps-test: ## install also what the tests start: PostgreSQL, zsh, fish
	@Scripts/deps --tests

demo: build ## a lively community on a temporary directory, and chat-tui in it
	@Scripts/demo

test: build deps-test ## everything: unit, transcripts, crash loop, terminals
	@Scripts/test

check: lint ## format, import directions, file map, generated documentation
	@Scripts/check-imports
	@Scripts/check-files

lint: ## swift format in lint mode
	@Scripts/lint

format: ## swift format, in place
	swift format -i --configuration .swift-format --recursive --parallel Package.swift Sources Tests

docs: build ## generate docs/FILES.md, the man pages' tables, docs/API.md, the pictures of docs/SKETCH.md
	@Scripts/draw-pictures
	@Scripts/check-files --write
	@Scripts/generate-docs

bench: build ## the numbers, with both sides in one run
	@Scripts/bench

journey: build ## the journey of an event, from a file to the audit log, on a real daemon that is killed on the way
	@Scripts/journey

proof-sketch: build ## three terminals draw at once, one is killed, the daemon is killed; all stay equal
	@Scripts/proof-sketch

proof-fresh: ## README's two commands in a minimal Debian 12 root (needs root)
	@Scripts/proof-fresh

proof-systemd: build ## boots that root under systemd, installs, kills, drains (needs root)
	@Scripts/proof-systemd

install: ## install under PREFIX (and DESTDIR)
	@Scripts/install "$(BINDIR)" "$(SBINDIR)" "$(MANDIR)" "$(DOCDIR)" "$(UNITDIR)" "$(CONFDIR)" "$(PREFIX)"

uninstall: ## remove what install put there; data stays
	@Scripts/uninstall "$(BINDIR)" "$(SBINDIR)" "$(MANDIR)" "$(DOCDIR)" "$(UNITDIR)" "$(CONFDIR)"

clean: ## remove .build
	rm -rf .build
