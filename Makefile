# Airlane. Everything a person types starts here; `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
RUN := .venv/bin/python -m

NEW_ENOUGH := import sys; sys.version_info < (3, 11) and sys.exit(1)
# The first Python that is new enough and really runs (a version manager's shim may not); in an
# activated environment the Python it was made from.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(NEW_ENOUGH); print(getattr(sys, "_base_executable", sys.executable))' 2>/dev/null && break; done)

# Handed to the park and its sandbox.
export ORDERS KILL EXIT RATE WORLD HOURS

.PHONY: help setup run demo world skip stop status doctor test check fmt bench data lock promtool pgbouncer reset clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make demo takes  ORDERS=file.csv.gz  KILL=service  RATE=1440  EXIT=1 (stop at the end of the day)"
	@echo "  make run takes   RATE=1 (business seconds in a real one)  WORLD=0 (without the outside world)"
	@echo "  make skip takes  HOURS=1"
	@echo "  make data takes  SOURCES='airports=file hs2022=file …' (data/SOURCES.md)"
	@echo "  all of them      AIRLANE_PORT_OFFSET=10 (another park beside the first); more in deploy/local/README.md"

setup:  ## Python packages from the lock, Kafka's jars; nothing to do the second time
	@if ! "$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
		echo "Fix: Python 3.11 or newer is needed: install it, or point to it with make PYTHON=/path/to/python3" >&2; exit 1; fi
	@"$(PYTHON)" -m deploy.local.setup

run: setup  ## the park (PostgreSQL, Kafka, five services) and the world around it, until Ctrl-C
	@$(RUN) deploy.local up

demo: setup  ## the park, and one day of real orders through it
	@$(RUN) deploy.local demo

world:  ## the outside world of a park that runs without it (make run WORLD=0)
	@$(RUN) deploy.local world

skip:  ## move the business time of a running park on
	@$(RUN) deploy.local skip

stop:  ## ask a running park to stop
	@$(RUN) deploy.local stop

status:  ## what runs, where, and how often it was restarted
	@$(RUN) deploy.local status || [ $$? -eq 3 ]  # 3: nothing runs

doctor: setup  ## what stands in the park's way on this machine
	@$(RUN) deploy.local doctor

test: setup  ## every test, a file at a time: what a file has started serves all its tests
	@$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup  ## format, lint, types, import contracts
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

fmt: setup  ## put the code in form
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup  ## how fast it is on this machine
	@$(RUN) deploy.bench

data: setup  ## check data/: built files against their sources, the other tables against their rules
	@$(RUN) deploy.data $(SOURCES)

lock:  ## write requirements/*.txt anew (UPGRADE=1 takes newer versions)
	@"$(PYTHON)" -m deploy.local.lock

promtool: setup  ## Debian's promtool into .tools, for the tests of alert rules (optional)
	@sh deploy/local/debian_tool.sh promtool /usr/bin/promtool prometheus

pgbouncer: setup  ## Debian's PgBouncer into .tools, for the tests through a pooler (optional)
	@sh deploy/local/debian_tool.sh pgbouncer /usr/sbin/pgbouncer pgbouncer libc-ares2 libevent-2.1-7

reset:  ## forget the park's data (stop it first)
	@$(RUN) deploy.local reset

clean:  ## reset, and remove everything that was installed
	@if [ -x .venv/bin/python ]; then $(RUN) deploy.local reset; fi
	@rm -rf .venv .tools .airlane
