#!/usr/bin/env bash
# Writes one copy of the database and of the files a day, and keeps fourteen: backup.sh FOLDER MEDIA
# The database is named by the usual variables of PostgreSQL (PGHOST, PGUSER, PGDATABASE, PGPASSWORD).
# A copy gets its name only when it is whole, so a broken one never counts; the files follow the database, so that every
# file that the copied database names is there.
set -euo pipefail
folder=$1
media=$2
while true; do
  day=$(date +%F)
  if [ ! -e "$folder/portal-$day.dump" ] || [ ! -e "$folder/media-$day.tar.gz" ]; then
    pg_dump --format=custom --file="$folder/unfinished.dump"
    tar -czf "$folder/unfinished.tar.gz" -C "$media" .
    mv "$folder/unfinished.dump" "$folder/portal-$day.dump"
    mv "$folder/unfinished.tar.gz" "$folder/media-$day.tar.gz"
    echo "Backed up $day"
    for kind in portal media; do
      find "$folder" -name "$kind-*" | sort -r | tail -n +15 | xargs -r rm --
    done
  fi
  [ "${ONCE:-}" ] && exit 0
  sleep 3600
done
