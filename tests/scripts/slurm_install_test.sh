#!/bin/bash
# What slurm/install.sh and the hooks promise. Each test is a function with a sentence for its name; the last line says how many passed.
set -uo pipefail
export LC_ALL=C
slurm=$(readlink -f -- "${BASH_SOURCE[0]%/*}/../../slurm")
scratch=$(mktemp -d /tmp/slurm-install-test.XXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
conf=$scratch/slurm.conf folder=$scratch/hooks
passed=0 failed=0

install() {
	out=$("$slurm/install.sh" --slurm-conf "$conf" --folder "$folder" "$@" 2>&1)
	rc=$?
}
with_coordinator() { install --coordinator head:7733 --hpccr "$scratch/hpccr" --set RUN_DIR="$scratch/run" --set LOG="$scratch/log" --set PATIENCE=5 "$@"; }
fake_hpccr() { printf '#!/bin/sh\n%s\n' "$1" >"$scratch/hpccr" && chmod 755 "$scratch/hpccr"; }
is() { [ "$1" = "$2" ] || { printf '  %s instead of %s\n  %s\n' "$1" "$2" "$out"; return 1; }; }
says() { [[ $out == *"$1"* ]] || { printf '  not said: %s\n  %s\n' "$1" "$out"; return 1; }; }
hook() {
	out=$(env "${@:2}" SLURM_JOB_ID=7 SLURM_JOB_UID=1000 "$folder/$1" 2>&1)
	rc=$?
}

Without_apply_it_shows_and_changes_nothing() {
	with_coordinator
	is $rc 0 && says "+Prolog=$folder/prolog" && says 'nothing was changed' && cmp -s "$conf" "$scratch/before" && [ ! -e "$folder" ]
}
Applied_twice_and_removed_the_configuration_is_what_it_was() {
	with_coordinator --apply && is $rc 0 && with_coordinator --apply && is $rc 0 &&
		is "$(grep -c '^Prolog=' "$conf")" 1 && [ -x "$folder/prolog" ] && is "$(stat -c %a "$conf")" 640 || return
	install --remove && is $rc 0 && cmp "$conf" "$scratch/before" && [ ! -e "$folder" ]
}
A_site_with_hooks_of_its_own_keeps_them() {
	echo 'Epilog=/site/epilog' >>"$conf"
	with_coordinator --apply
	is $rc 2 && says 'Epilog=/site/epilog' && says 'they are yours, and stay' && is "$(grep -c Prolog "$conf")" 0
}
Wrong_options_get_a_sentence() {
	install --apply && is $rc 2 && says '--coordinator HOST:PORT is needed' &&
		with_coordinator --set 'LOG=/x;reboot' && is $rc 2 && says 'is no setting' &&
		with_coordinator --slurm-conf /nowhere && is $rc 2 && says 'there is no /nowhere'
}
A_hook_that_fails_is_logged_and_costs_nothing() {
	fake_hpccr 'echo "hpccr: no space left"; exit 1'
	with_coordinator --apply
	hook prolog && is $rc 0 && grep -q 'job 7: prolog of HpcCr.*failed with 1: hpccr: no space left' "$scratch/log" || return
	hook taskprolog && says 'export HPCCR_SLURM_FAULT=prolog of HpcCr' && hook epilog && is $rc 0
}
A_hook_that_is_strict_fails() {
	fake_hpccr 'exit 6'
	with_coordinator --set STRICT=yes --apply
	hook prolog && is $rc 1 && hook epilog && is $rc 1
}
A_hook_that_works_says_nothing_of_faults() {
	fake_hpccr 'test "$1 $2 $3 $4" = "slurm $HOOK --coordinator head:7733" || test "$2" = prolog'
	with_coordinator --apply
	hook prolog && is $rc 0 && is "$out" '' && hook taskprolog && says "export HPCCR_RUN_DIR=$scratch/run" && [[ $out != *FAULT* ]]
}

while read -r name <&3; do
	rm -rf -- "${scratch:?}"/*
	printf 'ClusterName=x\nNodeName=n1\n' >"$conf"
	chmod 640 "$conf"
	cp "$conf" "$scratch/before"
	fake_hpccr true
	if "$name"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED  ${name//_/ }"; fi
done 3< <(grep -oE '^[A-Z]\w+\(\)' "${BASH_SOURCE[0]}" | tr -d '()')
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
