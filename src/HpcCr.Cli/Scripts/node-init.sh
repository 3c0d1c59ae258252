#!/bin/bash
# The first steps of a lab node, already in its new net, mount, pid, uts and ipc namespaces. Becomes the node's pid 1.
# Usage: node-init.sh RUN NODE CGROUP      RUN: the run folder; the host's has the lab in it, the node gets one of its own
set -eu
run=$1 node=$2 cgroup=$3
lab=$run/lab
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

# The run folder is lost with the node, as on a machine of its own. The lab is seen at the path where the host has it:
# the engine looks there for what is mounted from it (/etc/hosts) when it restores a sandbox.
mount --bind "$lab" "$stage"
mount -t tmpfs -o mode=755 hpccr-run "$run"
mkdir "$lab"
mount --move "$stage" "$lab"
rmdir "$stage"
ln -s lab/control/coordinator.sock "$run/coordinator.sock"
mount --bind "$lab/hosts" /etc/hosts

umount -R -l /proc
mount -t proc proc /proc
# As on a machine of its own: what is mounted here later reaches the sandboxes.
mount --make-rshared /

mask=$(umask)
umask 077
exec </dev/null >>"$lab/$node/init.log" 2>&1
umask "$mask"
echo "$pid" >"$lab/$node/init.pid.new"
mv "$lab/$node/init.pid.new" "$lab/$node/init.pid"
exec tini -- sleep infinity
