# On a fresh clone these need make, a C++ compiler and Python 3.10 or newer with venv; the first of them installs the rest.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: study test docs lab bench

study: $(INSTALLED)
	$(BIN)/urn_study

test: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/python .ci/test.py

docs: $(INSTALLED)
	$(BIN)/python .ci/docs.py readme site

bench: $(INSTALLED)
	$(BIN)/urn_bench $(if $(PHOTOS),--photos $(PHOTOS))

lab: $(INSTALLED)
	cd nbs && ../$(BIN)/jupyter lab

$(INSTALLED): settings.ini setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -e '.[dev]'
	touch $@
