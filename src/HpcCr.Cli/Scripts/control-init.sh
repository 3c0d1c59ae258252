#!/bin/bash
# The lab's control place, already in its own net namespace: the bridge that joins the nodes, kept by a process that sleeps.
# Usage: control-init.sh PIDFILE
set -eu
ip -batch - <<'END'
link set lo up
link add br0 type bridge mcast_snooping 0
addr add 10.88.0.1/24 dev br0
link set br0 up
END
# Machines without IPv6 do without.
if [ -e /proc/sys/net/ipv6 ]; then ip -6 addr add fd88::1/64 dev br0 nodad; fi
echo $$ >"$1.new"
mv "$1.new" "$1"
exec sleep infinity
