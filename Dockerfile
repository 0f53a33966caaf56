# The same steps as script/server takes on Debian 12, with the same lists of packages and pins.
FROM debian:12-slim
ENV PYTHONUTF8=1 PYTHONUNBUFFERED=1 LANG=C.UTF-8 PORTAL_VAR=/srv/var
WORKDIR /srv/portal

COPY script/packages.txt script/packages.txt
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      $(awk '!/^#/ && NF {print $2}' script/packages.txt) fonts-noto-cjk postgresql-client \
 && rm -rf /var/lib/apt/lists/*

COPY requirements.txt .
RUN python3 -m venv .venv && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check -q -r requirements.txt

COPY . .
SHELL ["/bin/bash", "-c"]
RUN . script/setup.sh && ensure_messages \
 && useradd --system --create-home portal && mkdir -p /srv/var /srv/backups && chown portal:portal /srv/var /srv/backups
USER portal
VOLUME /srv/var
EXPOSE 8000
CMD [".venv/bin/granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws", "portal.wsgi:application"]
