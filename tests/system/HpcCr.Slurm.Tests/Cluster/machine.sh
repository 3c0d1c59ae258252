#!/bin/bash
# The first steps of a machine, already in its new namespaces. Becomes its pid 1.
# Usage: machine.sh FOLDER NAME 'SHARED PATHS'
set -eu
lab=$1 name=$2 shared=$3
hostname "$name"
ip link set lo up
for file in hosts passwd group; do mount --bind "$lab/etc/$file" "/etc/$file"; done
mount --bind "$lab/etc/slurm" /etc/slurm
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t devpts -o newinstance,mode=620,ptmxmode=666 devpts /dev/pts
mount --bind /dev/pts/ptmx /dev/ptmx

# What others have mounted in the host's is none of this machine's.
awk '$5 ~ "^/(tmp|run)/" {print $5}' /proc/self/mountinfo | sort -r | while read -r path; do umount -l "$path" 2>/dev/null || true; done
# A /tmp of its own: Slurm's PMIx and Open MPI put files of fixed names there.
own=$lab/$name/tmp
mount --bind "$own" "$own"
for path in "$lab" $shared; do
	case $path in
	/tmp/*)
		mkdir -p "$own/${path#/tmp/}"
		mount --bind "$path" "$own/${path#/tmp/}"
		;;
	esac
done
mount --move "$own" /tmp
mount -t tmpfs -o mode=755 tmpfs /run

umount -R -l /sys
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
while IFS=: read -r _ controllers _; do
	case $controllers in
	'')
		mkdir /sys/fs/cgroup/unified
		mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
		;;
	*)
		mkdir "/sys/fs/cgroup/${controllers#name=}"
		case $controllers in name=*) options=none,$controllers ;; *) options=$controllers ;; esac
		mount -t cgroup -o "$options" cgroup "/sys/fs/cgroup/${controllers#name=}"
		;;
	esac
done </proc/self/cgroup
# As on a machine of its own: what is mounted here later reaches the sandboxes.
mount --make-rshared /
: >"$lab/$name/ready"
# From here on pid 1 only reaps the orphans that it adopts.
exec -a "machine $lab $name" tini -s -- sleep infinity
