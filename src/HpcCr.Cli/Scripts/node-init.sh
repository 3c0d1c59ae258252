#!/bin/bash
# The first steps of a lab node, already in its new net, mount, pid, uts and ipc namespaces. Becomes the node's pid 1.
# Usage: node-init.sh LAB NODE CGROUP      LAB/NODE/run is what the node sees in place of LAB's parent folder
set -eu
lab=$1 node=$2 cgroup=$3
run=${lab%/*}
# /proc is still the host's, so this is the pid that the host sees.
read -r pid _ </proc/self/stat
if [ -n "$cgroup" ]; then echo 0 >"$cgroup/cgroup.procs"; fi
echo "$node" >/proc/sys/kernel/hostname
ip link set lo up

while umount -l /dev/shm 2>/dev/null; do :; done
mount -t tmpfs -o mode=1777 hpccr-shm /dev/shm
stage=/dev/shm/.stage
mkdir "$stage"

# /sys shows the devices of the net namespace that it was mounted in; the host's cgroups stay where they are.
mount --rbind /sys/fs/cgroup "$stage"
umount -R -l /sys
mount -t sysfs sysfs /sys
mount --move "$stage" /sys/fs/cgroup

mount --bind "$lab/hosts" /etc/hosts
mkdir -p "$lab/$node/run/host"
mount --bind "$run" "$stage"
mount --bind "$lab/$node/run" "$run"
mount --move "$stage" "$run/host"
rmdir "$stage"

umount -R -l /proc
mount -t proc proc /proc
# As on a machine of its own: what is mounted here later reaches the sandboxes.
mount --make-rshared /

exec </dev/null >>"$run/init.log" 2>&1
echo "$pid" >"$run/init.pid.new"
mv "$run/init.pid.new" "$run/init.pid"
exec tini -- sleep infinity
