#!/usr/bin/env bash
# script/backup.sh FOLDER — takes a backup of this portal every day and keeps the newest fourteen.
#
#   ONCE=1        take one and end (for a timer of the system)
#   KEEP=N        how many are kept (14)
#
# Database, files and key go into one file that `manage.py restore` checks to its last byte; see docs/operations.md.
# A backup that fails is tried again an hour later; its container shows as unhealthy when none was made for two days.
set -euo pipefail
folder=${1:?a folder for the backups}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
take() { "${PYTHON:-.venv/bin/python}" manage.py backup "$folder" --keep "${KEEP:-14}"; }

if [ "${ONCE:-}" ]; then
  take
  exit
fi
while true; do
  if [ -z "$(find "$folder" -name 'portal-*.portal-backup*' -mmin -1420)" ] && ! take; then
    echo "The backup failed or is not sound; it is tried again in an hour." >&2
  fi
  sleep 3600
done
