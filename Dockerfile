# Mairie vocale in a container: docker build -t mairie-vocale . && docker run -p 127.0.0.1:5000:5000 -v mairie:/data --init mairie-vocale
# Put HTTPS before it (docs/deployment.md). Settings are README's table, as -e MAIRIE_….
FROM python:3.13-slim AS made
WORKDIR /opt/mairie-vocale
COPY docs/server/requirements.lock docs/server/requirements.lock
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r docs/server/requirements.lock
COPY LICENSE ./
COPY skill skill
COPY podcasts podcasts
COPY interaction_model interaction_model
RUN printf '#!/bin/sh\nexec python -m skill.cli "$@"\n' > .venv/bin/mairie && chmod 755 .venv/bin/mairie && .venv/bin/python -m compileall -q skill podcasts interaction_model

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data mairie && install -d -o mairie -g mairie -m 700 /data
COPY --from=made /opt/mairie-vocale /opt/mairie-vocale
WORKDIR /opt/mairie-vocale
ENV PATH=/opt/mairie-vocale/.venv/bin:$PATH PYTHONPATH=/opt/mairie-vocale PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MAIRIE_DATA=/data MAIRIE_WORKERS=2 MAIRIE_LOG=json
USER mairie
VOLUME /data
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5000/healthz', timeout=4)"]
CMD ["mairie", "run", "--host", "0.0.0.0", "--port", "5000"]
