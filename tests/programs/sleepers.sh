#!/bin/bash
# What job scripts wait with: sleep, read -t, wait, timeout, python3, perl and java (where it is), and beside them `tail -F` and
# `script`, which have to be there at the end. Each must wait for SECONDS, no less and hardly longer.
# Prints `ready`, `NAME ok|BAD MILLISECONDS`, `final disturbed N`. Exit 3 when something was disturbed.
# Usage: sleepers.sh SECONDS
set -u
seconds=$1
cd "${TMPDIR:-/tmp}" || exit 2
disturbed=0
now() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
began=$(now)

# NAME COMMAND...: runs it beside the others; its end is noted with its time.
start() {
	local name=$1
	shift
	{
		"$@"
		local status=$?
		echo "$(now) $status" >"$name.ended"
	} </dev/null >"$name.out" 2>&1 &
}
echo first >growing
mkfifo never
start sleep sleep "$seconds"
start timeout timeout "$seconds" tail -f /dev/null
start read bash -c "exec 3<>never; read -t $seconds -u 3; [ \$? -gt 128 ]"
start wait bash -c "sleep $seconds & wait"
start python3 python3 -c "import select, time; time.sleep($seconds - 1); select.select([], [], [], 1)"
start perl perl -e "sleep $seconds"
if command -v java >/dev/null; then
	echo "class Rest { public static void main(String[] a) throws Exception { Thread.sleep($seconds * 1000L); } }" >Rest.java
	start java java -Xint Rest.java
fi
start script script -q -e -c "sleep $seconds" /dev/null
tail -n +1 -F growing >tailed 2>/dev/null &
tail=$!
echo ready

note() { # NAME MILLISECONDS STATUS SLACK
	local verdict=ok
	if [ "$2" -lt $((seconds * 1000 - 100)) ] || [ "$2" -gt $((seconds * 1000 + $4)) ] || [ "$3" -ne 0 ]; then
		verdict=BAD
		disturbed=$((disturbed + 1))
	fi
	echo "$1 $verdict $2"
}
for name in sleep timeout read wait python3 perl java script; do
	[ -e "$name.out" ] || continue
	until [ -s "$name.ended" ]; do sleep 0.05; done
	read -r ended status <"$name.ended"
	# timeout tells so by its status; java takes its time before it sleeps.
	[ "$name" != timeout ] || status=$((status - 124))
	# select(2) counts only the time that the job runs, as with SIGSTOP: the pauses come on top.
	case $name in java) slack=20000 ;; read | python3) slack=10000 ;; *) slack=3000 ;; esac
	note "$name" $((ended - began)) "$status" "$slack"
done
echo last >>growing
left=100
until [ "$(tail -n 1 tailed)" = last ] || [ "$left" -eq 0 ]; do
	sleep 0.1
	left=$((left - 1))
done
if [ "$left" -eq 0 ] || ! kill "$tail"; then
	echo "tail BAD 0"
	disturbed=$((disturbed + 1))
fi
echo "final disturbed $disturbed"
[ "$disturbed" -eq 0 ] || exit 3
