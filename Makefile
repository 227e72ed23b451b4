# Two commands do all the set-up on a machine with Python 3.11+, make and git: `make train` and `make test`.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Nothing is compiled while it is installed: what is imported is compiled then, a small part of all that is there.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-compile
# Further arguments for pip, such as an index of your own: make test PIP_ARGS="--index-url ..."
PIP_ARGS ?=
PYTEST_ARGS ?= -n auto --dist worksteal

# A folder with copies of the published data sets, where there is one: nothing is downloaded then.
MIRROR := $(wildcard ../shared/data)
ifneq ($(MIRROR),)
export GLASSNET_DATA_MIRROR ?= $(abspath $(MIRROR))
endif
unexport PYTHONPATH
# Many tests start a Python of their own, which is twice as quick where compiled modules are kept.
unexport PYTHONDONTWRITEBYTECODE

# Where a release goes (local, testpypi, pypi), and which package: make release PACKAGE=plugins/glassnet-swish
REPOSITORY ?= local
PACKAGE    ?= .
RELEASE_ARGS ?=

.PHONY: help docs docs-tools train test quick soak class peers parity parity-tools parity-page bench lint release clean

help:
	@echo "make train   install glassnet here and train a network on handwritten digits"
	@echo "make test    install what the tests need and run them all"
	@echo "make soak    read 10,000 damaged files, kill a training 200 times, try properties on new examples"
	@echo "make class   thirty students publish to one index at once, each with \`glassnet release\`"
	@echo "make peers   run all of scikit-learn's own tests and checks of estimators (make test: a sample)"
	@echo "make quick   run the tests that need no environment, browser, release or long training"
	@echo "make parity  install PyTorch and Keras too and compare the numbers (PIP_ARGS chooses a build)"
	@echo "make bench   time glassnet beside scikit-learn, as ratios (ONLY=startup,commands: these sections)"
	@echo "make lint    ruff and mypy"
	@echo "make docs    build the site: lessons, museum, parts, guides and search, without a network (build/site)"
	@echo "make release publish glassnet, or PACKAGE=plugins/NAME, on a practice index (REPOSITORY=testpypi, pypi)"
	@echo "make clean   remove the environment and everything that was built"

train: $(VENV)/installed
	$(BIN)/glassnet train digits8x8

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

quick: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m "not slow" $(PYTEST_ARGS)

soak: $(VENV)/installed-dev
	GLASSNET_SOAK=1 $(BIN)/python -m pytest $(shell grep -lE "^from (hypothesis|samples) " tests/test_*.py) $(PYTEST_ARGS)

class: $(VENV)/installed-dev
	GLASSNET_SOAK=1 STUDENTS=$(STUDENTS) $(BIN)/python -m pytest tests/test_class_day.py tests/test_index_hostile.py

peers: $(VENV)/installed-dev
	GLASSNET_PEERS=1 $(BIN)/python -m pytest tests/test_peers.py tests/test_estimator_checks.py $(PYTEST_ARGS)

parity: $(VENV)/installed-parity
	GLASSNET_SOAK=1 $(BIN)/python -m pytest tests/parity $(PYTEST_ARGS)

parity-tools: $(VENV)/installed-parity

parity-page: $(VENV)/installed-parity
	$(BIN)/python tests/parity/page.py > docs/parity.md

bench: $(VENV)/installed-dev
	ONLY="$(ONLY)" $(BIN)/python benchmarks/bench.py

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

release: $(VENV)/installed-dev
	$(BIN)/glassnet release $(PACKAGE) --to $(REPOSITORY) $(RELEASE_ARGS)

docs-tools: $(VENV)/installed-docs

docs: $(VENV)/installed-docs
	$(BIN)/python docs/site/make_site.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "glassnet needs Python 3.11 or newer, and $(PYTHON) is older: make train PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	@echo "installing glassnet into $(VENV) (a minute or two the first time)"
	@$(INSTALL) $(PIP_ARGS) --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/bin/python pyproject.toml
	@echo "installing glassnet and its test tools into $(VENV) (a minute or two the first time)"
	@$(INSTALL) $(PIP_ARGS) --editable '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-docs: $(VENV)/installed pyproject.toml
	@echo "installing what builds the site into $(VENV)"
	@$(INSTALL) $(PIP_ARGS) --editable '.[docs]'
	@touch $@

$(VENV)/installed-parity: $(VENV)/installed-dev tests/parity/requirements.txt
	@echo "installing the libraries that glassnet is compared with into $(VENV)"
	@$(INSTALL) $(PIP_ARGS) --requirement tests/parity/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
