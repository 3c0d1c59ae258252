#!/bin/sh
# Waits, with no connection to anything, until an epoch is committed or given up; then runs a command that tells which.
# `hpccr checkpoint` becomes this script when a job asks for its own checkpoint: the process is part of what is saved, and goes on
# in the job that runs on and in every restart alike.
# Usage: await-epoch.sh FOLDER EPOCH COMMAND [ARG...]      FOLDER: the job's, EPOCH: epoch-000003
set -u
folder=$1 epoch=$2
shift 2
begun='' left=300
while [ ! -e "$folder/$epoch/manifest.json" ]; do
	if [ -e "$folder/$epoch.partial" ]; then
		begun=yes
	elif [ -n "$begun" ] || [ "$left" -eq 0 ]; then
		break
	else
		left=$((left - 1))
	fi
	sleep 0.1
done
exec "$@"
