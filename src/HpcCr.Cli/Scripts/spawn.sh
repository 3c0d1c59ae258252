#!/bin/bash
# Starts a daemon with nothing inherited: its own session, no descriptors but the log.
# Usage: spawn.sh LOG CGROUP COMMAND [ARG...]      CGROUP: a cgroup v2 folder, or '' to stay
set -eu
log=$1 cgroup=$2
shift 2
for fd in /proc/$$/fd/*; do
    fd=${fd##*/}
    # 255 is bash's own, and closes by itself.
    if [ "$fd" -gt 2 ] && [ "$fd" -ne 255 ]; then eval "exec $fd>&-"; fi
done
if [ -n "$cgroup" ]; then echo 0 >"$cgroup/cgroup.procs"; fi
mask=$(umask)
umask 077
exec </dev/null >>"$log" 2>&1
umask "$mask"
chmod 600 "$log"
exec setsid -f "$@"
