# Every target is one or two plain commands; the README gives them for those without make.
# the Python that .venv was made with, once there is one
PYTHON ?= $(or $(wildcard .venv/bin/python),python3)
BIN := .venv/bin
HTML := _build/html

.PHONY: help setup book serve watch dist copies lighthouse test test-seeds test-latest variations disturb execute lab bench lint format clean

help:
	@echo "make book      build the site          make serve    show it on http://127.0.0.1:8000"
	@echo "make watch     show it, and build again and reload when a source changes"
	@echo "make dist      pack the site into dist/, with its SHA-256"
	@echo "make copies    write plain copies of the notebooks into dist/notebooks, for other hosts"
	@echo "make test      run every test          make lab      open the notebooks"
	@echo "               (PART=chapters/... for one part)"
	@echo "make execute   re-run the notebooks whose outputs are out of date"
	@echo "               (NOTEBOOK=chapters/... for one, NOTEBOOK=--all for every one)"
	@echo "make bench     measure the helpers beside d2l, plain PyTorch and the limit"
	@echo "make lint      check style             make format   mend what can be mended"
	@echo "make test-seeds   run the notebooks with three other seeds"
	@echo "make test-latest  run the tests with the newest packages, in .venv-latest"
	@echo "make variations   compare as other computers would: threads, older processors, a busy one"
	@echo "make lighthouse   measure pages as a phone sees them (PAGES=chapters/index for one)"
	@echo "make disturb      list what hangs on rounding errors (NOTEBOOK=chapters/... for one)"

setup:
	@$(PYTHON) tools/setup_venv.py

# A failed build forgets what it read: otherwise the next one would not see the same warnings.
book: setup
	@echo "Book: building"
	@$(BIN)/jupyter-book build . -q -W -n --keep-going || { rm -rf _build; exit 1; }
	@echo "Book: open $(CURDIR)/$(HTML)/index.html, or run: make serve"

serve: book
	@echo "Book: http://127.0.0.1:8000 (stop with Ctrl-C)"
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory $(HTML)

watch: setup
	@$(BIN)/python tools/site/watch.py

copies: setup
	@$(BIN)/python tools/site/plain_copies.py

dist: book
	@$(BIN)/python tools/site/pack.py

lighthouse: book
	@$(BIN)/python tools/site/lighthouse.py --least 0.9 $(PAGES)

test: setup
	$(BIN)/python -m pytest $(if $(PART),--part $(PART))

test-seeds: setup
	$(BIN)/python tools/notebooks/seeds.py

variations: setup
	$(BIN)/python tools/notebooks/variations.py $(NOTEBOOK)

disturb: setup
	$(BIN)/python tools/notebooks/disturb.py $(NOTEBOOK)

test-latest:
	$(PYTHON) -m venv --clear .venv-latest
	.venv-latest/bin/python -m pip install --quiet --upgrade -r requirements.txt
	.venv-latest/bin/python -m pytest

execute: setup
	$(BIN)/python tools/notebooks/execute.py $(NOTEBOOK)

lab: setup
	$(BIN)/jupyter lab chapters

bench: setup
	$(BIN)/python benchmarks/bench.py

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check d2lhelpers tests tools benchmarks examples conftest.py

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format d2lhelpers tests tools benchmarks examples conftest.py

clean:
	rm -rf _build dist .nbregress .pytest_cache .ruff_cache
