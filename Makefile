# What a person does with this project. Needs Python 3.11 or newer, make, and git; everything else goes into $(VENV).
#
# Targets are relative and every use is quoted, so that the project may lie below a path with spaces or Chinese
# characters. The stamp files in $(VENV) make the second call fast and fit to work offline.

VENV ?= .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-installed
TESTING := $(VENV)/.tests-installed

# The first interpreter that is new enough; only looked for when the environment has to be made.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

# uv from the PATH, else from the environment, where pip puts it. Nothing of the caller's environment shall redirect it.
UV = $(shell command -v uv >/dev/null && echo uv || echo "\"$(PY)\" -m uv")
export UV_LINK_MODE ?= copy
export UV_COMPILE_BYTECODE ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1

# Pages with parts that cog writes. `make check` holds them against the code, `make docs` writes them anew.
COG_PAGES := $(shell grep -l --include='*.md' -r '\[\[\[cog' README.md CONTRIBUTING.md docs 2>/dev/null)

.PHONY: run test test-fast test-web fuzz example screenshots ui web notebook notebook-edit check lint fmt hooks docs bench bench-cluster bench-ocr bench-collect bench-web rehearsal torture mutants hostile requirements clean help

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 20

run: $(RUNTIME) ## run the whole pipeline on raw/; ends with the release and a summary
	@"$(PY)" -m pipelines run $(ARGS)

test: $(TESTING) ## run all tests
	@"$(PY)" -m pytest -n auto --dist loadfile --no-loadscope-reorder --ignore=tests/web $(ARGS)

test-fast: $(TESTING) ## run the tests that take under 90 seconds together: all but those marked slow
	@"$(PY)" -m pytest -n auto --dist loadfile -m "not slow" --ignore=tests/web $(ARGS)

test-web: $(TESTING) ## try the workbench in Chromium, which is installed where there is none: two minutes
	@FAZHI_CHROMIUM="$$(.ci/chromium "$(PY)")" "$(PY)" -m pytest tests/web $(ARGS)

fuzz: $(TESTING) ## read 1,000 damaged files of each format: a minute
	@FUZZ_FILES=1000 "$(PY)" -m pytest -n auto tests/unit/read/test_read_fuzz.py $(ARGS)

example: $(TESTING) ## build warehouse-example/ from 2,000 generated reports with invented figures: two minutes
	@"$(PY)" -m benchmarks.example_archive warehouse-example $(ARGS)

screenshots: $(TESTING) ## take the pictures of docs/workbench.md from warehouse-example/ in the system's Chromium
	@"$(PY)" -m benchmarks.screenshots $(ARGS)

ui: $(RUNTIME) ## open Dagster's UI with this project loaded
	@"$(PY)" -m pipelines ui $(ARGS)

web: $(RUNTIME) ## open the workbench on the current release: http://127.0.0.1:8300
	@"$(PY)" -m pipelines web $(ARGS)

notebook: $(TESTING) ## open the notebook on the release in the browser, to read
	@"$(PY)" -m marimo run docs/notebooks/first_look.py $(ARGS)

notebook-edit: $(TESTING) ## open the notebook as code, to change it
	@"$(PY)" -m marimo edit --skip-update-check docs/notebooks/first_look.py $(ARGS)

check: $(TESTING) ## all of lint: ruff, format, mypy, import-linter, the TOML files, the generated parts of docs
	"$(PY)" -m ruff check .
	"$(PY)" -m ruff format --check .
	"$(PY)" -m mypy
	PYTHONDONTWRITEBYTECODE=1 "$(VENV)/bin/lint-imports" --no-cache
	"$(PY)" -m pipelines codebook check
	$(if $(COG_PAGES),"$(PY)" -m cogapp --check -r $(COG_PAGES))

lint: check ## the same as make check

fmt: $(TESTING) ## put the code into its form: sorted imports, ruff format
	"$(PY)" -m ruff check --fix .
	"$(PY)" -m ruff format .

hooks: $(TESTING) ## let git run ruff, mypy and the TOML check before each commit
	"$(PY)" -m pre_commit install

docs: $(TESTING) ## write the generated pages and parts of pages anew
	"$(PY)" -m benchmarks.worked
	"$(PY)" -m benchmarks.joining
	"$(PY)" -m benchmarks.identify --write
	$(if $(COG_PAGES),"$(PY)" -m cogapp -r $(COG_PAGES))

bench: $(TESTING) ## measure speed and accuracy on generated reports; writes docs/benchmarks.md
	"$(PY)" -m benchmarks.bench $(ARGS)

bench-cluster: $(TESTING) ## measure a cluster of 1, 2 and 4 workers here and simulate larger ones; writes docs/cluster-benchmark.md
	"$(PY)" -m benchmarks.cluster $(ARGS)

bench-ocr: $(TESTING) ## measure character recognition on 200 rendered pages (20 minutes, three fonts of Debian); writes docs/ocr.md
	"$(PY)" -m benchmarks.ocr $(ARGS)

bench-collect: $(TESTING) ## work out 90 nights of collecting 3,000 invented sites (three minutes); writes docs/collecting.md
	"$(PY)" -m benchmarks.collect $(ARGS)

bench-web: $(TESTING) ## measure each page of the workbench with 1 client and with 8 readers; writes docs/web-benchmark.md
	@"$(PY)" -m benchmarks.web $(ARGS)

rehearsal: $(TESTING) ## run the nightly job on 400,000 generated reports (hours, 60 GB); writes its part of docs/benchmarks.md
	"$(PY)" -m benchmarks.rehearsal $(ARGS)

torture: $(TESTING) ## kill runs and workers, damage files, turn the clock back while a reader asks; writes docs/reliability.md
	"$(PY)" -m benchmarks.torture $(ARGS)

hostile: $(TESTING) ## run on 10,000 hostile files beside good reports (20 minutes); writes docs/hostile.md
	"$(PY)" -m benchmarks.hostile --write $(ARGS)

mutants: $(TESTING) ## change the code by one word, 400 times, and count what the tests notice; writes docs/mutants.md
	"$(PY)" -m benchmarks.mutants --write $(ARGS)

requirements: $(TESTING) ## resolve the pinned versions anew from pyproject.toml
	$(UV) pip compile -q --upgrade pyproject.toml --universal --python-version 3.11 \
		--no-emit-index-url --no-header --extra ui --extra web --extra ocr -o requirements.txt
	$(UV) pip compile -q --upgrade pyproject.toml --universal --python-version 3.11 \
		--no-emit-index-url --no-header --extra ui --extra web --extra ocr --extra cluster --extra notebook \
		--extra browser --extra s3 --extra dev --extra test -c requirements.txt -o requirements-test.txt

clean: ## remove what was built (kept releases and the history of runs too), and the caches of the tools
	rm -rf warehouse .dagster .import_linter_cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(PY):
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	"$(PYTHON)" -m venv "$(VENV)"
	@command -v uv >/dev/null || "$(PY)" -m pip install --quiet uv

$(RUNTIME): requirements.txt pyproject.toml | $(PY)
	@echo "installing what the pipeline needs into $(VENV)"
	@$(UV) pip install --quiet --python "$(PY)" -r requirements.txt
	@$(UV) pip install --quiet --python "$(PY)" --no-deps -e .
	@"$(PY)" -m compileall -q pipelines
	@touch "$@"

$(TESTING): requirements-test.txt $(RUNTIME)
	@echo "installing what the tests need into $(VENV)"
	@$(UV) pip install --quiet --python "$(PY)" -r requirements-test.txt
	@touch "$@"
