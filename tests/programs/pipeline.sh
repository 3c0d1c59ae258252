#!/bin/sh
# A shell with a pipeline of three processes: pipeline.sh [RECORDS [PACE_US [EVERY]]]. Tests that a shell, its
# children and the full pipes between them come back; prints what `stage consume` prints, see stage.c.
here=$(cd "$(dirname "$0")" && pwd) || exit 2
"$here/stage" produce "${1:-20000}" |
  "$here/stage" filter |
  "$here/stage" consume --pace-us "${2:-200}" --every "${3:-1000}"
# Not exec and not the last command: the shell itself must live on after the pipeline.
code=$?
echo "pipeline ended with $code"
exit $code
