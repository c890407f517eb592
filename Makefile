# make demo   sets everything up and shows a council reviewing a real program (LIVE=1: with your own Ollama)
# make test   sets everything up and runs the tests
# make check  flake8, bandit and strict mypy over council/
# make advisories  renders the advisories under examples/ again, after a policy or a template changed
# make lock   renews requirements-dev.txt (needs uv)
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test check ollama benchmarks advisories lock clean
.DEFAULT_GOAL := demo

$(STAMP): requirements-dev.txt pyproject.toml tests/setup-venv
	@bash tests/setup-venv $(PYTHON) $(VENV)
	@touch $@

demo: $(STAMP)
	@LIVE=$(LIVE) $(BIN)/python examples/demo.py

test: $(STAMP) ollama
	@bash tests/run $(ARGS)

ollama: $(STAMP)
	@bash tests/ollama/setup

check: $(STAMP)
	$(BIN)/flake8 council
	$(BIN)/bandit -q -r council
	$(BIN)/mypy

advisories: $(STAMP)
	$(BIN)/python tests/integration/examples/render.py

lock:
	uv pip compile pyproject.toml --all-extras --group dev --python-version 3.11 --universal --generate-hashes \
	    --no-header --no-annotate -q -o requirements-dev.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .hypothesis
