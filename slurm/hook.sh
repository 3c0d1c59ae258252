#!/bin/bash
# Slurm's Prolog, Epilog and TaskProlog of HpcCr: which of them is told by the name that it is called by. install.sh puts it in place.
# Prolog and Epilog run as root on every node of a job, TaskProlog as the user before each task. A fault of HpcCr's never drains a node: it is
# logged, and the job runs without checkpoints, unless hpccr.conf says STRICT=yes.
set -u
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hook=$(basename "$0")
HPCCR=hpccr COORDINATOR='' RUN_DIR=/run/hpccr KEY_FILE=/etc/hpccr/cluster.pem LOG=/var/log/hpccr-slurm.log STRICT=no PATIENCE=50
if [ -r "$folder/hpccr.conf" ]; then . "$folder/hpccr.conf"; fi
fault=$RUN_DIR.fault.${SLURM_JOB_ID:-0}

# Slurm gives its hooks no environment to speak of.
call() {
	# One after the other: two jobs that begin at once are not to start two launchers.
	env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root HPCCR_RUN_DIR="$RUN_DIR" HPCCR_KEY_FILE="$KEY_FILE" \
		flock -w "$PATIENCE" "$RUN_DIR.lock" timeout "$PATIENCE" "$HPCCR" slurm "$@" --coordinator "$COORDINATOR" 2>&1
}

case $hook in
prolog | epilog)
	rm -f "$fault"
	said=$(call "$hook")
	code=$?
	[ "$code" != 0 ] || exit 0
	said="$hook of HpcCr on $(uname -n) failed with $code: ${said:-no answer within $PATIENCE s}"
	(umask 077 && echo "$(date '+%F %T') job ${SLURM_JOB_ID:-?}: $said" >>"$LOG" && chmod 600 "$LOG")
	# The user's batch script learns it from TaskProlog.
	if [ "$hook" = prolog ]; then printf '%s\n' "$said" | head -n 1 >"$fault"; fi
	[ "$STRICT" != yes ]
	;;
taskprolog)
	echo "export HPCCR_RUN_DIR=$RUN_DIR"
	case $HPCCR in /*) echo "export PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}:${HPCCR%/*}" ;; esac
	if [ -r "$fault" ]; then echo "export HPCCR_SLURM_FAULT=$(head -n 1 "$fault")"; fi
	;;
*)
	echo "hook.sh: call it as prolog, epilog or taskprolog, not as $hook" >&2
	exit 2
	;;
esac
