# make site    set up, build the report and its site        make serve    read it on localhost
# make test    set up, run every test                        make check    lint, types and tests
# make check-site    set up, build the site, hold it against axe, Lighthouse, html-validate, cspell, broken links, weight
# make pdf     the whole report as build/relatorio.pdf
# make lock    resolve the locked versions again (needs uv)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The theme's notices about a future MkDocs 2 would drown what a build has to say.
export DISABLE_MKDOCS_2_WARNING := true
export NO_MKDOCS_2_WARNING := 1

TOOLS := tools/site

.PHONY: site serve gh-deploy test check check-site pdf lint lock clean

site: $(VENV)/site.stamp
	$(BIN)/python build.py --all
	$(BIN)/mkdocs build --strict
	@echo "The site is in site/. To read it: make serve"

serve: $(VENV)/site.stamp
	$(BIN)/mkdocs serve

# For those who publish by branch; by workflow, a push is enough.
gh-deploy: $(VENV)/site.stamp
	$(BIN)/python build.py --all
	$(BIN)/python -m report.site.branch

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest

check: lint test

# Accessibility, HTML, links, weight, speed and spelling of the built site, each fault on a line.
check-site: site $(TOOLS)/node_modules/site.stamp
	cd $(TOOLS) && node --test --test-reporter=spec
	node $(TOOLS)/check.mjs

# The whole report on paper: build/relatorio.pdf.
pdf: site $(TOOLS)/node_modules/site.stamp
	node $(TOOLS)/pdf.mjs site build/relatorio.pdf

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --extra train -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml -c requirements.txt -o requirements-site.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --extra train --extra cluster --extra test -c requirements.txt -o requirements-test.txt

clean:
	rm -rf rendered site site-properdocs

# An environment without pip was made by another tool, which gets pip, or its creation was interrupted: it is made anew.
define make-environment
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("Laudo needs Python 3.11 to 3.13; this is %d.%d. Say which with: make PYTHON=python3.12" % v)'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
endef

# The stamps are written last, so an interrupted installation is done again.
$(VENV)/site.stamp: requirements.txt
	$(make-environment)
	@echo "Installing the locked packages into $(VENV) (a few minutes the first time)"
	$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(TOOLS)/node_modules/site.stamp: $(TOOLS)/package-lock.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null \
	  || { echo "make check-site needs Node.js 20.19 or later and npm (Debian 13: apt install nodejs npm)."; exit 1; }
	@echo "Installing the locked site tools into $(TOOLS)/node_modules"
	cd $(TOOLS) && npm ci --loglevel=error
	@touch $@

$(VENV)/test.stamp: requirements-test.txt
	$(make-environment)
	@echo "Installing the locked packages and the test tools into $(VENV) (a few minutes the first time)"
	$(PIP) install --require-hashes -r requirements-test.txt
	@touch $@
