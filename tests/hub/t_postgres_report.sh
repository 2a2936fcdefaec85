#!/usr/bin/env bash
# Managers' reports of headquarters over PostgreSQL: the same tests as over SQLite. Prints TAP.
LEAST=11 exec "$(dirname "$0")/t_postgres_data.sh" report
