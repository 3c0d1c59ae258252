#!/bin/bash
# Shows the main thing: a real MPI job over two nodes is checkpointed, both nodes lose power, and the job restarts on two others
# and ends with the very checksum of an undisturbed run. Needs root; the first time also the network (setup.sh). Leaves nothing but out/.
set -euo pipefail
cd "$(dirname "$0")"
repository=$PWD

steps=800                                                # of the solver: some seconds on a small machine
solver=("$repository/out/programs/stencil.openmpi" --n 512 --steps "$steps" --every 20 --mib 32 --pace-us 5000)

say() { printf '%s\n' "$*"; }
fail() {
	printf 'demo.sh: %s\n' "$*" >&2
	exit 1
}

# step TEXT COMMAND...: one line with what happens, and how long it took.
step() {
	local began=$EPOCHREALTIME text=$1 took
	shift
	"$@" || fail "$text failed (status $?)"
	took=$((${EPOCHREALTIME/./} - ${began/./}))
	printf '%-72s %6d.%d s\n' "$text" $((took / 1000000)) $((took / 100000 % 10))
}

is_built() {
	[ -x out/bin/hpccr ] && [ -x out/bin/hpccr-guard ] &&
		[ -z "$(find src coordinator launcher protos Directory.*.props -newer out/bin/hpccr-guard -type f -not -path '*/obj/*' -not -path '*/bin/*' -print -quit)" ]
}

build() {
	is_built || quietly ./build.sh || return
	quietly make -C tests/programs OUT="$repository/out/programs" "$repository/out/programs/stencil.openmpi"
}

quietly() { "$@" >"$work/last.log" 2>&1 || { cat "$work/last.log" >&2; return 1; }; }

# field DOCUMENT NAME: one field of a JSON document.
field() { /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }

# The last step that the job has told of; 0 before the first.
step_of() {
	local line
	line=$(tail -n 1 "$store/$1/stdout.log" 2>/dev/null) || true
	[[ $line =~ ^step\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

wait_for_step() {
	local deadline=$((SECONDS + 60))
	until [ "$(step_of solver)" -ge "$1" ]; do
		[ "$SECONDS" -lt "$deadline" ] || { echo "the job did not come to step $1" >&2; return 1; }
		sleep 0.05
	done
}

checkpoint() { "$hpccr" checkpoint solver --json >"$work/checkpoint.json"; }

cut_power() {
	quietly "$hpccr" lab kill node1 && quietly "$hpccr" lab kill node2
}

# The job's own exit code, that of a lost job, is no failure here.
wait_until_lost() {
	"$hpccr" wait solver >/dev/null 2>&1 || true
	"$hpccr" status solver --json >"$work/status.json" && [ "$(field "$work/status.json" state)" = Lost ]
}

places() {
	"$hpccr" status solver --json >"$work/status.json" || return
	/usr/bin/python3 -c 'import json, sys
print(" and ".join(node["node"] for node in json.load(open(sys.argv[1]))["nodes"]))' "$work/status.json"
}

restart() { HPCCR=$hpccr quietly "$epoch/restart.sh" --nodes node3,node4 --detach; }

clean_up() {
	trap - EXIT
	[ ! -x "$hpccr" ] || "$hpccr" lab down >/dev/null || say "demo.sh: the lab in $HPCCR_RUN_DIR could not be ended" >&2
	rm -rf -- "$work" "$HPCCR_RUN_DIR"
}

[ "$(id -u)" = 0 ] || fail 'needs root, as namespaces, cgroups and CRIU do; nothing was done; run it as root.'
./setup.sh
hpccr=$repository/out/bin/hpccr
work=$(mktemp -d)
export HPCCR_RUN_DIR
HPCCR_RUN_DIR=$(mktemp -d /run/hpccr-demo.XXXXXX)        # short: unix sockets are in it
unset HPCCR_COORDINATOR HPCCR_CKPT_DIR
store=$work/epochs
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

is_built || say 'building; this takes some minutes'
step 'the programs are built' build
step 'a lab of four fake nodes, each with its own address, comes up' quietly "$hpccr" lab up 4
step "an MPI solver, 4 ranks over both nodes, runs undisturbed ($steps steps)" \
	quietly "$hpccr" run --name undisturbed --nodes node1,node2 --ckpt-dir "$store" -- mpirun.openmpi -n 4 "${solver[@]}"
step 'the same solver starts as a job of its own' \
	quietly "$hpccr" run --name solver --nodes node1,node2 --ckpt-dir "$store" --detach -- mpirun.openmpi -n 4 "${solver[@]}"
step "it works for a while (to step $((steps / 4)))" wait_for_step $((steps / 4))
step 'a checkpoint is made while it runs' checkpoint
epoch=$(field "$work/checkpoint.json" path)
at=$(step_of solver)
step "it goes on (to step $((at + 40)))" wait_for_step $((at + 40))
step 'both of its nodes lose power' cut_power
step 'the coordinator gives them up' wait_until_lost
say "  lost at step $(step_of solver); the epoch is what is left of the job"
step 'the epoch is restarted on the other two nodes by its own restart.sh' restart
say "  its parts, started on node1 and node2, are on $(places)"
step 'the restarted job runs to its end' quietly "$hpccr" wait solver

expected=$(tail -n 1 "$store/undisturbed/stdout.log")
found=$(tail -n 1 "$store/solver/stdout.log")
say
say "undisturbed:  $expected"
say "restarted:    $found"
[[ $expected == final* ]] || fail 'the undisturbed run did not end with a final checksum.'
[ "$expected" = "$found" ] || fail 'the checksums differ: the restarted job is not the job that was checkpointed.'
cmp -s "$store/undisturbed/stdout.log" "$store/solver/stdout.log" ||
	fail 'the final checksums are equal but the outputs differ: a line is missing or written twice.'
say 'The same, and so is every line before it: nothing lost, nothing twice.'
say
say 'What the epoch holds (hpccr show):'
"$hpccr" show "$epoch" | sed 's/^/  /'
say
clean_up
[ ! -e "$HPCCR_RUN_DIR" ] || fail "something was left in $HPCCR_RUN_DIR."
say 'The lab is down and nothing is left of it.'
