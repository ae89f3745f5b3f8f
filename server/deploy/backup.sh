#!/bin/sh
# One copy of the database in BACKUP_DIR, named by its instant (UTC); those of more than KEEP_DAYS days go, once this one is whole.
set -eu
umask 077
: "${BACKUP_DIR:?where the copies go}"
here=$(dirname "$0")
node="$here/../../node_modules/node/bin/node"
"$node" "$here/../cli/cli.ts" backup "$BACKUP_DIR/$(date -u +%Y-%m-%dT%H%M%SZ).db" --lang en
find "$BACKUP_DIR" -maxdepth 1 -name '*.db' -mtime "+${KEEP_DAYS:-30}" -delete
