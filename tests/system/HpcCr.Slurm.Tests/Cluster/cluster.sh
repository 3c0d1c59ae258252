#!/bin/bash
# A real Slurm cluster of Debian's packages on this machine, as root and without systemd: munged and slurmctld on `ctl`, slurmd on sn1..snN.
# Each machine is a set of namespaces (net, uts, mount, pid, ipc, cgroup) with an address of its own on a bridge inside ctl's net namespace:
# nothing of the host's network or /etc is touched, and the kill of a machine's pid 1 takes away all that runs in it.
#
#   cluster.sh up FOLDER          everything is below FOLDER; a machine sees it, and the rest of the host's files but for /etc/{hosts,passwd,
#                                 group,slurm}, /tmp, /run, /dev/shm and /dev/pts, which it has to itself. Users alice (7001) and bob (7002)
#                                 are known inside only.
#       HPCCR_BIN  the folder with HpcCr, whose hooks are put in by slurm/install.sh of this repository; its coordinator runs on ctl
#       NODES=4  CPUS=8 (of a node)  PROCTRACK=cgroup|linuxproc  CONSTRAIN=no|yes (jobs to their cores and memory)  EXTRA_CONF='lines for slurm.conf'  SHARE='paths below /tmp that every machine sees'
#   cluster.sh power-off FOLDER NODE
#   cluster.sh power-on FOLDER NODE
#   cluster.sh down FOLDER        ends all of it and deletes FOLDER
#   FOLDER/in [-u USER] NODE COMMAND...   runs a command there
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
here=$(cd "$(dirname "$0")" && pwd)
verb=$1 lab=$2
net=10.78.0

die() {
	echo "cluster.sh: $*" >&2
	exit 1
}
# await SECONDS WHAT COMMAND...
await() {
	local left=$(($1 * 20)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || die "waited in vain for $what; see $lab/log"
		sleep 0.05
	done
}
alive() { [ -s "$lab/$1/init.pid" ] && grep -qsz "$lab" "/proc/$(cat "$lab/$1/init.pid")/cmdline"; }
address() { if [ "$1" = ctl ]; then echo $net.1; else echo $net.$((10 + ${1#sn})); fi; }

write_files() {
	local n
	mkdir -p "$lab"/{etc/slurm,log,shared,munge}
	for n in $names; do mkdir -p "$lab/$n"/{spool,state,tmp}; done
	chmod 755 "$lab" "$lab"/*
	chmod 1777 "$lab/shared" "$lab/log" "$lab"/*/tmp
	echo "$names" >"$lab/machines"
	chown -R slurm: "$lab/ctl/state"
	(umask 077 && head -c 128 /dev/urandom >"$lab/munge/munge.key")
	chown -R munge: "$lab/munge"
	{
		echo '127.0.0.1 localhost'
		for n in $names; do echo "$(address "$n") $n"; done
	} >"$lab/etc/hosts"
	cp /etc/passwd /etc/group "$lab/etc"
	local uid=7000 user
	for user in alice bob; do
		uid=$((uid + 1))
		echo "$user:x:$uid:$uid::$lab/shared/$user:/bin/bash" >>"$lab/etc/passwd"
		echo "$user:x:$uid:" >>"$lab/etc/group"
		install -d -m 700 -o $uid -g $uid "$lab/shared/$user"
	done
	printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=/sys/fs/cgroup\nConstrainCores=%s\nConstrainRAMSpace=%s\n' "${CONSTRAIN:-no}" "${CONSTRAIN:-no}" >"$lab/etc/slurm/cgroup.conf"
	cat >"$lab/etc/slurm/slurm.conf" <<CONF
ClusterName=lab
SlurmctldHost=ctl($net.1)
SlurmUser=slurm
AuthType=auth/munge
AuthInfo=socket=$lab/munge/munge.socket
StateSaveLocation=$lab/ctl/state
SlurmdSpoolDir=$lab/%n/spool
SlurmctldPidFile=$lab/ctl/state/slurmctld.pid
SlurmdPidFile=$lab/%n/slurmd.pid
SlurmctldLogFile=$lab/log/slurmctld.log
SlurmdLogFile=$lab/log/slurmd.%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/${PROCTRACK:-cgroup}
TaskPlugin=$([ "${CONSTRAIN:-no}" = yes ] && echo task/cgroup,task/affinity || echo task/none)
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
KillWait=5
SlurmdTimeout=10
MessageTimeout=20
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
NodeName=DEFAULT CPUs=${CPUS:-8} RealMemory=2000 State=UNKNOWN
$(for n in $names; do [ "$n" = ctl ] || echo "NodeName=$n NodeAddr=$(address "$n")"; done)
PartitionName=low Nodes=ALL Default=YES PriorityTier=1 PreemptMode=REQUEUE GraceTime=20 OverSubscribe=YES:4 MaxTime=INFINITE State=UP
PartitionName=hasty Nodes=ALL PriorityTier=1 PreemptMode=REQUEUE GraceTime=0 MaxTime=INFINITE State=UP
PartitionName=high Nodes=ALL PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE State=UP
${EXTRA_CONF:-}
CONF
	install -m 755 "$here/in.sh" "$lab/in"
	(umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=hpccr-cluster -days 30 \
		-keyout "$lab/cluster.key" -out "$lab/cluster.crt" 2>/dev/null && cat "$lab/cluster.key" "$lab/cluster.crt" >"$lab/cluster.pem")
	"$here/../../../../slurm/install.sh" --coordinator ctl:7733 --slurm-conf "$lab/etc/slurm/slurm.conf" --folder "$lab/hpccr" --hpccr "$HPCCR_BIN/hpccr" \
		--set KEY_FILE="$lab/cluster.pem" --set LOG="$lab/log/hooks.log" --apply >"$lab/log/install.log"
}

# The machine's cgroup in every hierarchy that there is: one below our own.
make_cgroups() {
	local root group own
	: >"$lab/$1/cgroups"
	while read -r _ root type options _; do
		case $type in cgroup | cgroup2) ;; *) continue ;; esac
		case $type:$options in
		cgroup2:*) own=$(awk -F: '$2 == "" {print $3}' /proc/self/cgroup) ;;
		*) own=$(awk -F: -v c="${root##*/}" '{n = split($2, all, ","); for (i = 1; i <= n; i++) if (all[i] == c || all[i] == "name=" c) print $3}' /proc/self/cgroup) ;;
		esac
		[ -d "$root${own%/}" ] || own=/
		group=$root${own%/}/hpccr-test-slurm-$$-$1
		mkdir "$group" 2>/dev/null || continue
		if [ -e "$group/cpuset.cpus" ] && [ "$type" = cgroup ]; then
			cat "${group%/*}/cpuset.cpus" >"$group/cpuset.cpus"
			cat "${group%/*}/cpuset.mems" >"$group/cpuset.mems"
		fi
		echo "$group" >>"$lab/$1/cgroups"
	done </proc/self/mounts
}

start_machine() {
	local n=$1 group
	rm -f "$lab/$n/ready" "$lab/$n/init.pid"
	make_cgroups "$n"
	(
		while read -r group; do echo $BASHPID >"$group/cgroup.procs" || true; done <"$lab/$n/cgroups"
		exec setsid unshare --fork --kill-child --pid --mount --uts --ipc --net --cgroup --mount-proc --propagation private \
			"$here/machine.sh" "$lab" "$n" "${SHARE:-}"
	) </dev/null >"$lab/log/machine.$n.log" 2>&1 &
	local unshare=$!
	await 10 "the first process of $n" test -e "$lab/$n/ready"
	tr -d ' ' <"/proc/$unshare/task/$unshare/children" >"$lab/$n/init.pid"
}

connect_machine() {
	local n=$1 control pid
	control=$(cat "$lab/ctl/init.pid") pid=$(cat "$lab/$1/init.pid")
	if [ "$n" = ctl ]; then
		nsenter -t "$control" -n ip link add br0 type bridge mcast_snooping 0
		nsenter -t "$control" -n ip addr add $net.1/24 dev br0
		nsenter -t "$control" -n ip link set br0 up
		return
	fi
	# One that a machine had before it was switched off goes a moment later by itself.
	nsenter -t "$control" -n ip link delete "$n" 2>/dev/null || true
	nsenter -t "$control" -n ip link add "$n" type veth peer name eth0 netns "$pid"
	nsenter -t "$control" -n ip link set "$n" master br0 up
	nsenter -t "$pid" -n ip addr add "$(address "$n")/24" dev eth0
	nsenter -t "$pid" -n ip link set eth0 up
}

power_off() {
	local pid i group left
	if alive "$1"; then
		pid=$(cat "$lab/$1/init.pid")
		kill -KILL "$pid"
		for i in $(seq 200); do [ -e "/proc/$pid" ] || break; sleep 0.05; done
	fi
	rm -f "$lab/$1/init.pid"
	[ -e "$lab/$1/cgroups" ] || return 0
	for i in $(seq 100); do
		left=0
		while read -r group; do
			[ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
			[ ! -d "$group" ] || left=1
		done <"$lab/$1/cgroups"
		[ $left = 1 ] || break
		sleep 0.05
	done
	rm -f "$lab/$1/cgroups"
}

start_control() {
	local munge=$lab/munge
	"$lab/in" ctl runuser -u munge -- munged --key-file="$munge/munge.key" --socket="$munge/munge.socket" \
		--pid-file="$munge/munged.pid" --log-file="$munge/munged.log" --seed-file="$munge/munged.seed" --num-threads=4
	await 10 munged sh -c "munge -S '$munge/munge.socket' -n | unmunge -S '$munge/munge.socket'"
	"$lab/in" ctl runuser -u slurm -- slurmctld </dev/null
	start_coordinator
}

start_coordinator() {
	"$lab/in" ctl sh -c "exec setsid -f '$HPCCR_BIN/hpccr-coordinator' --listen $net.1:7733 --fence-after 20 --key-file '$lab/cluster.pem' --run-dir /run/hpccr \
		--state-dir '$lab/ctl/coordinator' </dev/null >>'$lab/log/coordinator.log' 2>&1"
	await 20 'the coordinator' "$lab/in" ctl bash -c ": >/dev/tcp/$net.1/7733"
}

case $verb in
up)
	[ "$(id -u)" = 0 ] || die 'needs root'
	names=ctl
	for i in $(seq "${NODES:-4}"); do names+=" sn$i"; done
	write_files
	for n in $names; do start_machine "$n" && connect_machine "$n"; done
	start_control
	for n in ${names#ctl}; do "$lab/in" "$n" slurmd </dev/null; done
	await 30 'all nodes to be idle' sh -c "[ \$('$lab/in' ctl sinfo -h -N -t idle -p low -o %N | sort -u | wc -l) = ${NODES:-4} ]"
	;;
power-off) power_off "$3" ;;
power-on)
	start_machine "$3" && connect_machine "$3"
	"$lab/in" "$3" slurmd </dev/null
	;;
down)
	for n in $(cat "$lab/machines" 2>/dev/null); do power_off "$n"; done
	rm -rf "$lab"
	;;
*) die "what is $verb?" ;;
esac
