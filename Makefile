# Every task of the project. They need GNU make and Python 3.11 or later; `make help` lists them.
#   PYTHON=/path/to/python   the interpreter that .venv is made with
#   TEST_PROCESSES=4         how many processes pytest uses; one more than cores, as each waits half of its time
#                            for PostgreSQL and Chromium
#   ARGS="..."               passed on to `alliance run`, pytest, a bench or the screenshots

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench faults fuzz screenshots audit clean

TEST_PROCESSES ?= 3
ARGS ?=

# A virtual environment cannot be moved: the name of its stamp holds the folder that it was made in.
HERE := $(shell pwd -P | cksum | cut -d ' ' -f 1)
VENV := .venv/.made-$(HERE)
INSTALLED := .venv/.installed
DEVELOPED := .venv/.installed-dev
LOCK := pyproject.toml .constraints.txt

# Constraints hold every exact version, torch's too: a later torch would bring several GB of CUDA packages.
PIP_INSTALL := .venv/bin/python -m pip install -qq -c .constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0

help: ## 이 목록을 보여 줍니다
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F '|' '{ printf "%-14s %s\n", $$1, $$2 }'

run: $(INSTALLED) ## 서비스를 실행합니다 (처음에는 설치부터 합니다)
	@exec .venv/bin/alliance run $(ARGS)

test: lint ## 정적 검사와 모든 시험을 실행합니다
	@echo "[시험] pytest"
	@OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n $(TEST_PROCESSES) --dist loadfile $(ARGS)

lint: $(DEVELOPED) ## ruff, mypy, import 규칙을 검사합니다
	@echo "[검사] ruff"
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --quiet --check .
	@echo "[검사] mypy --strict"
	@.venv/bin/mypy --strict
	@echo "[검사] import 규칙"
	@.venv/bin/lint-imports --no-logo

format: $(DEVELOPED) ## 코드 모양을 맞춥니다
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: $(DEVELOPED) ## tests/bench의 측정을 실행해 tests/bench/results에 남깁니다 (하나만: ARGS=http)
	@.venv/bin/python -m tests.bench $(ARGS)

faults: $(DEVELOPED) ## 서버와 데이터베이스를 죽여 보며 잃는 것이 없는지 잽니다 (십여 분)
	@OMP_NUM_THREADS=1 .venv/bin/python -m tests.faults.kills 100
	@OMP_NUM_THREADS=1 .venv/bin/python -m tests.faults.races
	@OMP_NUM_THREADS=1 .venv/bin/python -m pytest tests/faults

fuzz: $(DEVELOPED) ## OpenAPI 문서에서 만든 요청 2만 건을 보내 봅니다 (십여 분)
	@OMP_NUM_THREADS=1 .venv/bin/python -m tests.fuzz.requests $(or $(ARGS),20000)

screenshots: $(DEVELOPED) ## 주요 화면의 그림을 .alliance/screenshots에 만듭니다 (Chromium이 있어야 합니다)
	@OMP_NUM_THREADS=1 .venv/bin/python -m tests.web.screenshots $(ARGS)

audit: $(DEVELOPED) ## 알려진 취약점이 있는 패키지를 찾습니다 (PyPI의 취약점 목록에 닿아야 합니다)
	@$(PIP_INSTALL) pip-audit
	@.venv/bin/pip-audit --strict --disable-pip --no-deps -r .constraints.txt --progress-spinner off || { \
	  echo "취약점이 있거나 확인하지 못한 패키지가 있습니다. 위의 목록을 보아 주십시오." >&2; exit 1; }

clean: ## 만든 것을 지웁니다 (.alliance의 데이터는 남깁니다)
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV):
	@chosen=; \
	for candidate in $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11 python3.14 python); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    chosen=$$candidate; break; \
	  fi; \
	done; \
	if test -z "$$chosen"; then \
	  echo "Python 3.11 이상을 찾지 못했습니다. 설치하거나 make PYTHON=/path/to/python 으로 알려 주십시오." >&2; \
	  echo "No Python 3.11 or later was found. Install one, or name it: make PYTHON=/path/to/python" >&2; \
	  exit 1; \
	fi; \
	version=$$("$$chosen" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	if ! "$$chosen" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "Python $$version에 venv가 없습니다. Debian·Ubuntu: sudo apt-get install python$$version-venv" >&2; \
	  echo "This Python $$version lacks venv. On Debian and Ubuntu: sudo apt-get install python$$version-venv" >&2; \
	  exit 1; \
	fi; \
	echo "[설치 1/3] 파이썬 환경을 만듭니다 (.venv, Python $$version)"; \
	"$$chosen" -m venv --clear .venv && .venv/bin/python -m pip install -qq "pip>=25"
	@echo "[설치 2/3] PyTorch를 설치합니다 (약 1분)"
	@$(PIP_INSTALL) torch
	@touch $@

$(INSTALLED): $(VENV) $(LOCK)
	@echo "[설치 3/3] 필요한 패키지를 설치합니다 (약 1분)"
	@$(PIP_INSTALL) -e .
	@touch $@

$(DEVELOPED): $(VENV) $(LOCK)
	@echo "[설치 3/3] 필요한 패키지와 개발 도구를 설치합니다 (약 1분)"
	@$(PIP_INSTALL) -e '.[dev]'
	@touch $(INSTALLED) $@
