# Airlane. All commands start here; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
RUN := .venv/bin/python -m

NEW_ENOUGH := import sys; sys.version_info < (3, 11) and sys.exit(1)
# The first Python that is new enough and really runs (a version manager's shim may not); in an
# activated environment the Python it was made from.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(NEW_ENOUGH); print(getattr(sys, "_base_executable", sys.executable))' 2>/dev/null && break; done)

# Passed to the park and its sandbox.
export ORDERS KILL EXIT RATE WORLD HOURS OPENFLIGHTS

.PHONY: help setup run demo world skip stop status doctor test check fmt bench bench-timetable route-bench ceb-samples data lock promtool pgbouncer reset clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make demo takes  ORDERS=file.csv.gz  KILL=service  RATE=1440  EXIT=1 (stop at the end of the day)"
	@echo "  make run takes   RATE=1 (business seconds per real second)  WORLD=0 (without the outside world)"
	@echo "  make skip takes  HOURS=1"
	@echo "  make bench takes  PARTS='routing …' (all)  OPENFLIGHTS=folder (its airports.dat and routes.dat, for PARTS=routing)"
	@echo "  make route-bench takes  TIMETABLE=file.csv QUERIES=file.csv OUT=answers.csv (deploy/bench/routes/files.py)"
	@echo "  make ceb-samples takes  OUT=folder (.airlane/ceb-samples)"
	@echo "  make data takes  SOURCES='airports=file hs2022=file …' (data/SOURCES.md)"
	@echo "  all of them take AIRLANE_PORT_OFFSET=10 (a second park beside the first); more in deploy/local/README.md"

setup:  ## install Python packages from the lock and Kafka's jars, compile the search; the second time there is nothing to do
	@if ! "$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
		echo "Fix: Python 3.11 or newer is needed: install it, or point to it with make PYTHON=/path/to/python3" >&2; exit 1; fi
	@"$(PYTHON)" -m deploy.local.setup

run: setup  ## start the park (PostgreSQL, Kafka, five services) and the outside world, until Ctrl-C
	@$(RUN) deploy.local up

demo: setup  ## start the park and send one day of real orders through it
	@$(RUN) deploy.local demo

world:  ## start the outside world for a park that runs without it (make run WORLD=0)
	@$(RUN) deploy.local world

skip:  ## move the business time of a running park forward
	@$(RUN) deploy.local skip

stop:  ## ask a running park to stop
	@$(RUN) deploy.local stop

status:  ## show what is running, where, and how often it was restarted
	@$(RUN) deploy.local status || [ $$? -eq 3 ]  # 3: nothing is running

doctor: setup  ## check what would keep the park from running on this machine
	@$(RUN) deploy.local doctor

test: setup  ## run every test, one file at a time per worker, so that a file's engines serve all its tests
	@$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup  ## check format, lint, types and import contracts
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

fmt: setup  ## format the code
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup  ## measure how fast it is on this machine
	@$(RUN) deploy.bench $(PARTS)

bench-timetable: setup  ## measure the import of a timetable of 100,000 flights
	@$(RUN) deploy.bench timetables

route-bench: setup  ## answer a file of queries over a file of flights with the search of routing
	@$(if $(and $(TIMETABLE),$(QUERIES),$(OUT)),,echo "Fix: make route-bench TIMETABLE=file.csv QUERIES=file.csv OUT=answers.csv" >&2; exit 2)
	@$(RUN) deploy.bench.routes "$(TIMETABLE)" "$(QUERIES)" "$(OUT)"

ceb-samples: setup  ## write synthetic CEB messages of every kind into OUT=folder
	@$(RUN) services.customs samples $(or $(OUT),.airlane/ceb-samples)

data: setup  ## check data/: built files against their sources, the other tables against their rules
	@$(RUN) deploy.data $(SOURCES)

lock:  ## rewrite requirements/*.txt (UPGRADE=1 takes newer versions)
	@"$(PYTHON)" -m deploy.local.lock

promtool: setup  ## install Debian's promtool into .tools, for the tests of alert rules (optional)
	@sh deploy/local/debian_tool.sh promtool /usr/bin/promtool prometheus

pgbouncer: setup  ## install Debian's PgBouncer into .tools, for the tests through a pooler (optional)
	@sh deploy/local/debian_tool.sh pgbouncer /usr/sbin/pgbouncer pgbouncer libc-ares2 libevent-2.1-7

reset:  ## delete the park's data (stop it first)
	@$(RUN) deploy.local reset

clean:  ## reset, and remove everything that was installed
	@if [ -x .venv/bin/python ]; then $(RUN) deploy.local reset; fi
	@rm -rf .venv .tools .airlane
