# The whole interface of this repository, for people and for machines.
PORT ?= 8080
FEED ?=
run = @sh tools/run.sh

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 16

demo: ## the ENT on one port (PORT=8080), with a generated academy or with the archive FEED=path
	$(run) demo.py --port "$(PORT)" $(if $(FEED),--feed "$(FEED)")

test: ## install what the tests need and run everything that can run on this machine
	$(run) test.py

lint: ## style, types, floors, templates, texts
	$(run) test.py lint

gallery: ## the browser tests, which write docs/guide/images
	@PREAU_GALLERY=1 sh tools/run.sh test.py browser

lock: ## choose the newest versions again and write requirements/*.lock
	$(run) lock.py

messages: ## collect the texts to translate again
	$(run) messages.py write

drill-fresh: ## prove the two starts on a machine that has nothing, as root and as an ordinary user
	$(run) ../tests/drills/fresh.py

clean: ## forget the environment and what was built; the demonstration's data stay in var/
	rm -rf .venv build .cache node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help demo test lint gallery lock messages drill-fresh clean
