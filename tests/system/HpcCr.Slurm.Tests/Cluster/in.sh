#!/bin/bash
# Runs a command on a machine of the cluster, with a clean environment and none of the caller's descriptors.
# Usage: in [-u USER] MACHINE COMMAND...
lab=$(cd "$(dirname "$0")" && pwd)
user=
if [ "$1" = -u ]; then user=$2 && shift 2; fi
machine=$1
shift
pid=$(cat "$lab/$machine/init.pid") || exit 1
while read -r group; do echo $$ >"$group/cgroup.procs"; done <"$lab/$machine/cgroups"
for fd in /proc/$$/fd/*; do
	fd=${fd##*/}
	if [ "$fd" -gt 2 ] && [ "$fd" -ne 255 ]; then eval "exec $fd>&-"; fi
done
kept=()
for variable in HPCCR_SYSTEM_TEST DOTNET_ROOT HPCCR_PREFIX HPCCR_CRIU; do [ -z "${!variable-}" ] || kept+=("$variable=${!variable}"); done
clean=(env -i "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" LANG=C.UTF-8 "${kept[@]}")
enter=(nsenter -t "$pid" -m -u -i -n -p -C)
[ -n "$user" ] || exec "${clean[@]}" HOME=/root "${enter[@]}" --wdns="$lab/shared" "$@"
exec "${clean[@]}" "${enter[@]}" --wdns="$lab/shared/$user" runuser -u "$user" -- env HOME="$lab/shared/$user" USER="$user" LOGNAME="$user" "$@"
