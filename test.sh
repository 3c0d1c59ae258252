#!/bin/bash
# Sets up, builds and runs every test; the last line says how many passed. Needs root and no input; works on a fresh clone.
#
#   ./test.sh           everything
#   ./test.sh --quick   without the system tests, which run real jobs in labs
#
# What each runner said is kept in out/tests. Style is checked by the build; only the layout of lines has a step of its own, because
# the rest of `dotnet format` takes longer than the build and finds nothing more.
set -uo pipefail
exec </dev/null
cd "$(dirname "$0")"
repository=$PWD
logs=$repository/out/tests
unit_patience=600          # seconds that a runner of unit tests may take
system_patience=4500       # the same for system tests
passed=0 failed=0 skipped=0

say() { printf '%s\n' "$*"; }

# finish: the last line, and the exit code.
finish() {
	local line="$passed passed, $failed failed"
	[ "$skipped" = 0 ] || line+=", $skipped skipped"
	say "$line"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
	exit
}

# count NAME PASSED FAILED SKIPPED SECONDS: adds to the sums, in one line.
count() {
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
	printf '%-32s %5d passed %4d failed %4d skipped %5d s\n' "$@"
}

fault() {
	failed=$((failed + 1))
	say "FAILED  $*"
}

# run NAME PATIENCE COMMAND...: runs a runner; log, exit code and seconds stay in $logs.
run() {
	local name=$1 patience=$2 began=$SECONDS
	shift 2
	timeout -k 20 "$patience" "$@" >"$logs/$name.log" 2>&1
	echo "$? $((SECONDS - began))" >"$logs/$name.end"
}

# Sums of an xunit runner's report, then one line per skipped test with its reason.
read_report() {
	/usr/bin/python3 - "$1" <<'PYTHON'
import sys
import xml.etree.ElementTree as xml
root = xml.parse(sys.argv[1]).getroot()
sums = {key: sum(int(a.get(key, 0)) for a in root.iter("assembly")) for key in ("passed", "failed", "skipped", "errors")}
print(sums["passed"], sums["failed"] + sums["errors"], sums["skipped"])
for test in root.iter("test"):
    if test.get("result") == "Skip":
        print("  skipped:", test.get("name"), "-", (test.findtext("reason") or "no reason given").strip())
PYTHON
}

# report NAME: counts what a runner did; its log is shown in full when something failed.
report() {
	local name=$1 code seconds good bad left text='' skips=''
	read -r code seconds <"$logs/$name.end"
	if [ -f "$logs/$name.xml" ] && text=$(read_report "$logs/$name.xml"); then
		read -r good bad left <<<"$text"
		skips=$(tail -n +2 <<<"$text")
	elif [[ $(tail -n 1 "$logs/$name.log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
		good=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]} left=0
	else
		good=0 bad=0 left=0
	fi
	# A crash counts once, and so does a runner that found nothing to run.
	if [ "$bad" = 0 ] && { [ "$code" != 0 ] || [ $((good + left)) = 0 ]; }; then
		bad=1
		say "$name ran $good tests and ended with $code ($([ "$code" = 124 ] && echo 'too slow' || echo 'crashed, or without tests'))" >>"$logs/$name.log"
	fi
	count "$name" "$good" "$bad" "$left" "$seconds"
	[ -z "$skips" ] || say "$skips"
	[ "$bad" = 0 ] || { say "---- $name"; cat "$logs/$name.log"; say "---- end of $name"; }
}

executable() { echo "$(dirname "$1")/bin/Release/net10.0/$(basename "$1" .csproj)"; }

start_project() {
	local name
	name=$(basename "$1" .csproj)
	run "$name" "$2" "$(executable "$1")" -noLogo -noColor -xml "$logs/$name.xml"
}

# The tests that took longest, from all reports.
slowest() {
	/usr/bin/python3 - "$logs"/*.xml <<'PYTHON'
import sys
import xml.etree.ElementTree as xml
tests = [(float(test.get("time", 0)), test.get("name")) for path in sys.argv[1:] for test in xml.parse(path).getroot().iter("test")]
for seconds, name in sorted(tests, reverse=True)[:15]:
    print(f"{seconds:7.1f} s  {name}")
PYTHON
}

# ---- nothing is left behind --------------------------------------------------------------------------------------------

processes() {
	local process program
	for process in /proc/[0-9]*; do
		program=$(readlink "$process/exe" 2>/dev/null) || continue
		[[ $program != "$repository"/* ]] || say "process ${process##*/} $program"
	done
}

traces() {
	find /sys/fs/cgroup -type d -name '*hpccr*' 2>/dev/null | sed 's/^/cgroup /'
	nft list tables 2>/dev/null | grep hpccr
	awk '$5 ~ /hpccr/ {print "mount", $5}' /proc/self/mountinfo
	find /run -maxdepth 1 -name 'hpccr-test*' | sed 's/^/folder /'
	processes
}

# Compared with what there was before, so that a lab of somebody else does not count; what ends just now gets a moment.
check_leftovers() {
	local deadline=$((SECONDS + 10)) left
	while left=$(comm -13 "$logs/traces.before" <(traces | sort)) && [ -n "$left" ] && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.5; done
	if [ -z "$left" ]; then
		count 'nothing is left behind' 1 0 0 0
	else
		count 'nothing is left behind' 0 1 0 0
		say "$left"
	fi
}

# ---- the steps -----------------------------------------------------------------------------------------------------------

quick=
case "$#:${1-}" in
0:) ;;
1:--quick) quick=yes ;;
*)
	echo 'test.sh: usage: ./test.sh [--quick]' >&2
	exit 2
	;;
esac
[ "$(id -u)" = 0 ] || { fault 'test.sh needs root: run it again as root'; finish; }
for variable in HPCCR_COORDINATOR HPCCR_RUN_DIR HPCCR_CKPT_DIR HPCCR_KEY_FILE; do unset "$variable"; done
export HPCCR_BIN=$repository/out/bin HPCCR_TEST_PROGRAMS=$repository/out/programs
rm -rf -- "$logs"
mkdir -p "$logs"

./setup.sh || { fault 'setup.sh: see above'; finish; }
say 'building'
./build.sh >"$logs/build.log" 2>&1 || { cat "$logs/build.log"; fault 'build.sh: see above'; finish; }
make -s -C tests/programs OUT="$HPCCR_TEST_PROGRAMS" >"$logs/programs.log" 2>&1 || { cat "$logs/programs.log"; fault 'tests/programs: see above'; finish; }
say "built after $SECONDS s"
traces | sort >"$logs/traces.before"

began=$SECONDS
# By their projects: one that the build left out is a failure, not a silence.
mapfile -t unit < <(find tests -name '*.Tests.csproj' -not -path 'tests/system/*' | sort)
mapfile -t system < <(find tests/system -name '*.Tests.csproj' 2>/dev/null | sort)
mapfile -t scripts < <(find tests/scripts -name '*_test.sh' | sort)

if dotnet format whitespace . --folder --exclude out --verify-no-changes >"$logs/format.log" 2>&1; then
	count 'the layout of all lines' 1 0 0 "$((SECONDS - began))"
else
	count 'the layout of all lines' 0 1 0 "$((SECONDS - began))"
	cat "$logs/format.log"
	say 'repair it with: dotnet format whitespace . --folder --exclude out'
fi

for script in "${scripts[@]}"; do
	run "$(basename "$script" .sh)" "$unit_patience" "$script"
	report "$(basename "$script" .sh)"
done

# Two at a time: each has waits enough for another.
for project in "${unit[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
	start_project "$project" "$unit_patience" &
done
wait
for project in "${unit[@]}"; do report "$(basename "$project" .csproj)"; done

if [ -z "$quick" ]; then
	for project in "${system[@]}"; do
		start_project "$project" "$system_patience"
		report "$(basename "$project" .csproj)"
	done
fi
say 'the slowest tests:'
slowest
check_leftovers
say "everything took $SECONDS s"
finish
