# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DEBUG=0 DATA_DIR=/data BIND=0.0.0.0 PORT=8000
RUN useradd --system --uid 10001 --home-dir /data shop && install -d -o shop /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
# Gathering static files needs settings that are complete, not ones that are true.
RUN DATABASE_URL=postgres://none/none REDIS_URL=redis://none \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    python manage.py collectstatic --noinput
USER shop
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:ordermgmt.webserver", "ordermgmt.wsgi"]
