# On a fresh clone these need make, a C++ compiler and Python 3.10 or newer with venv; the first of them installs the rest.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

export PATH := $(CURDIR)/$(BIN):$(PATH)

# training on a CPU is faster where glibc keeps memory that is freed (nbs/tutorials/cluster.ipynb)
study test lab notebooks: export GLIBC_TUNABLES = glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592

.PHONY: study test docs notebooks lab bench

study: $(INSTALLED)
	PYTHONWARNINGS=ignore::FutureWarning:torch.jit._script $(BIN)/urn_study

test: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/python .ci/test.py

docs: $(INSTALLED)
	$(BIN)/python .ci/docs.py readme site

# what the notebooks store is what their code gives: after a change, NBS="NAME.ipynb ..." runs some of them
notebooks: NBS = *.ipynb tutorials/*.ipynb
notebooks: $(INSTALLED)
	cd nbs && OMP_NUM_THREADS=1 TQDM_DISABLE=1 PYTHONWARNINGS=ignore jupyter nbconvert --to notebook --execute --inplace $(NBS)
	nbdev_clean && nbdev_export && $(BIN)/python .ci/docs.py readme

bench: $(INSTALLED)
	$(BIN)/urn_bench $(if $(PHOTOS),--photos $(PHOTOS))

lab: $(INSTALLED)
	cd nbs && ../$(BIN)/jupyter lab

# the Cython that pydensecrf2 asks for knows no Python 3.13
$(INSTALLED): settings.ini setup.py
	$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or newer is needed: make PYTHON=python3.12 ...")'
	if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then \
		$(BIN)/python -m pip install cython numpy setuptools wheel && $(BIN)/python -m pip install --no-build-isolation --no-deps pydensecrf2; fi
	$(BIN)/python -m pip install -e '.[dev]'
	touch $@
