#!/bin/bash
# Shows the main thing: a real MPI job over two nodes is checkpointed, killed and restarted, and ends with the very
# checksum of an undisturbed run. Needs root; the first time also the network (setup.sh). Leaves nothing but out/.
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

# kill -9 of every process that `hpccr status` names, on the node where it runs.
kill_everything() {
	local node pids
	"$hpccr" status solver --json >"$work/status.json" || return
	/usr/bin/python3 -c 'import json, sys
for node in json.load(open(sys.argv[1]))["nodes"]: print(node["node"], *node["pids"])' "$work/status.json" >"$work/pids" || return
	while read -r node pids; do
		# Some end by themselves once the first are gone.
		"$hpccr" lab exec "$node" -- sh -c 'for pid; do kill -9 "$pid" 2>/dev/null || :; done' sh $pids </dev/null
	done <"$work/pids"
	# The job's own exit code, 137, is no failure here.
	"$hpccr" wait solver >/dev/null 2>&1 || true
}

restart() { HPCCR=$hpccr quietly "$epoch/restart.sh" --detach; }

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
step 'a lab of two fake nodes, each with its own address, comes up' quietly "$hpccr" lab up 2
step "an MPI solver, 4 ranks over both nodes, runs undisturbed ($steps steps)" \
	quietly "$hpccr" run --name undisturbed --nodes node1,node2 --ckpt-dir "$store" -- mpirun.openmpi -n 4 "${solver[@]}"
step 'the same solver starts as a job of its own' \
	quietly "$hpccr" run --name solver --nodes node1,node2 --ckpt-dir "$store" --detach -- mpirun.openmpi -n 4 "${solver[@]}"
step "it works for a while (to step $((steps / 4)))" wait_for_step $((steps / 4))
step 'a checkpoint is made while it runs' checkpoint
epoch=$(field "$work/checkpoint.json" path)
at=$(step_of solver)
step "it goes on (to step $((at + 40)))" wait_for_step $((at + 40))
step 'every process of the job, on both nodes, is killed with kill -9' kill_everything
say "  $(awk '{n += NF - 1} END {print n}' "$work/pids") processes killed at step $(step_of solver); the job is $(
	"$hpccr" status solver --json >"$work/status.json" && field "$work/status.json" state) ($(field "$work/status.json" exitCode)), the epoch is what is left of it"
step 'the epoch is restarted by its own restart.sh' restart
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
