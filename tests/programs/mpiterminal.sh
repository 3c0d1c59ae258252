#!/bin/bash
# mpiterminal.sh FLAG: a rank of mpirun, which reads it through a terminal, writes its last line and ends while mpirun stands still. Prints "held", waits for the file FLAG, lets mpirun
# go on, and prints what came through and mpirun's exit code.
set -u
place=$(mktemp -d)
mpirun.openmpi -n 1 bash -c "echo first; until [ -e $place/end ]; do sleep 0.02; done; echo last" >"$place/out" &
mpirun=$!
until grep -q first "$place/out"; do sleep 0.02; done
kill -STOP $mpirun
touch "$place/end"
until ps --ppid $mpirun -o stat= | grep -q Z; do sleep 0.02; done
echo held
until [ -e "$1" ]; do sleep 0.02; done
kill -CONT $mpirun
wait $mpirun
code=$?
cat "$place/out"
rm -r "$place"
echo "final mpirun $code"
