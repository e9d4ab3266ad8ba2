FROM python:3.11-slim-bookworm AS builder
# pip reads it: name an index with CPU builds of torch to make the image several GB smaller.
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /opt/alliance/source
RUN python -m venv /opt/alliance/venv
ENV PATH=/opt/alliance/venv/bin:$PATH

# Dependencies before code, so that a change of code does not install them again.
COPY .constraints.txt pyproject.toml ./
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; print(*p['dependencies'], *p['optional-dependencies']['otel'], sep='\n')" \
    > dependencies.txt \
    && pip install -c .constraints.txt torch \
    && pip install -c .constraints.txt -r dependencies.txt

COPY README.md ./
COPY matching matching
COPY service service
COPY seed_data seed_data
RUN pip install --no-deps . && pip check

# The encoder is made here once, so that a container starts without network and without a wait.
ENV ALLIANCE_DATA_DIR=/var/lib/alliance
RUN alliance prepare \
    && mkdir /var/lib/alliance/outbox


FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="KT Smart Factory Alliance" \
      org.opencontainers.image.description="Matches suppliers and manufacturers, computes installments and fund loans" \
      org.opencontainers.image.version="1.0.0" \
      org.opencontainers.image.base.name="docker.io/library/python:3.11-slim-bookworm"
RUN groupadd --system --gid 10001 alliance \
    && useradd --system --uid 10001 --gid alliance --home-dir /var/lib/alliance --shell /usr/sbin/nologin alliance
COPY --from=builder /opt/alliance/venv /opt/alliance/venv
COPY --from=builder --chown=alliance:alliance /var/lib/alliance /var/lib/alliance
ENV PATH=/opt/alliance/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    ALLIANCE_DATA_DIR=/var/lib/alliance \
    ALLIANCE_HOST=0.0.0.0 \
    ALLIANCE_PORT=8000
WORKDIR /var/lib/alliance
# The user alliance by number, so that an orchestrator can tell that it is not root.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['ALLIANCE_PORT'] + '/healthz', timeout=4)"]
# ALLIANCE_SECRET_KEY and ALLIANCE_DATABASE_URL come from the operator: no secret is in the image.
ENTRYPOINT ["alliance"]
CMD ["serve"]
