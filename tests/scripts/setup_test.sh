#!/bin/bash
# What setup.sh promises, tried on this machine as root. Needs a package mirror: one test really fetches CRIU.
# Each test is a function with a sentence for its name; the last line says how many passed.
# shellcheck disable=SC2015,SC2016 # complain always fails, which is meant in "a && b || complain"; inner shells expand for themselves
set -uo pipefail
export LC_ALL=C
setup=$(readlink -f -- "${BASH_SOURCE[0]%/*}/../../setup.sh")
scratch=$(mktemp -d /tmp/setup-test.XXXXXX)
trap 'rm -rf -- "$scratch"' EXIT
export HPCCR_SETUP_LOG=$scratch/apt.log
nobody=65534
passed=0 failed=0

# run COMMAND...: keeps $out, $err and $rc for the checks that follow.
run() {
	"$@" >"$scratch/out" 2>"$scratch/err"
	rc=$?
	out=$(<"$scratch/out")
	err=$(<"$scratch/err")
}

complain() {
	printf '  %s\n  exit %s\n  stdout: %s\n  stderr: %s\n' "$1" "$rc" "$out" "$err"
	return 1
}

silent() { [ "$rc" = 0 ] && [ -z "$out$err" ] || complain 'expected success and not a word'; }

# refused WORD...: exit 1 and one sentence on stderr that has these words in it.
refused() {
	[ "$rc" = 1 ] || complain 'expected exit 1' || return
	[ "$(wc -l <"$scratch/err")" = 1 ] && [[ $err == setup.sh:*. ]] || complain 'expected one sentence on stderr' || return
	local word
	for word; do
		[[ $err == *"$word"* ]] || complain "expected the sentence to name: $word" || return
	done
}

empty() { [ -z "$(ls -A "$1")" ] || complain "left behind in $1: $(ls -A "$1")"; }

# fake NAME <<SCRIPT: puts NAME before the real one on the path of the test.
fake() {
	mkdir -p "$dir/fake"
	cat >"$dir/fake/$1"
	chmod 755 "$dir/fake/$1"
	PATH=$dir/fake:${PATH#"$dir/fake:"}
}

# Each test is a subshell of its own with an empty folder $dir/place.
check() {
	dir=$(mktemp -d "$scratch/test.XXXXXX")
	mkdir "$dir/place"
	local said sentence=${1//_/ }
	if said=$("$1"); then
		passed=$((passed + 1))
		printf 'ok      %s\n' "$sentence"
	else
		failed=$((failed + 1))
		printf 'FAILED  %s\n%s\n' "$sentence" "$said"
	fi
}

# ---- a machine that has all --------------------------------------------------------------------------------------

The_first_run_succeeds() {
	run "$setup"
	[ "$rc" = 0 ] || complain 'expected success'
}

A_further_run_says_nothing() {
	run "$setup"
	silent
}

A_further_run_takes_less_than_300_ms() {
	local start took best=1000000
	for _ in 1 2 3 4 5; do
		start=${EPOCHREALTIME/./}
		run "$setup"
		took=$((${EPOCHREALTIME/./} - start))
		[ "$took" -ge "$best" ] || best=$took
	done
	[ "$best" -lt 300000 ] || complain "the best of five took $best us"
}

A_further_run_needs_no_apt() {
	fake apt-get <<<$'#!/bin/sh\nexit 100'
	run "$setup"
	silent
}

# ---- refusals ----------------------------------------------------------------------------------------------------

A_user_other_than_root_is_refused() {
	run setpriv --reuid "$nobody" --regid "$nobody" --clear-groups bash "$setup"
	refused 'needs root' 'run it again as root'
}

A_prefix_below_a_file_is_refused() {
	: >"$dir/file"
	HPCCR_PREFIX=$dir/file/hpccr run "$setup"
	refused "$dir/file/hpccr" 'Not a directory' 'set HPCCR_PREFIX'
}

A_prefix_where_no_folder_can_be_made_is_refused() {
	HPCCR_PREFIX=/proc/hpccr run "$setup"
	refused /proc/hpccr 'set HPCCR_PREFIX'
}

A_prefix_that_cannot_be_written_is_refused() {
	HPCCR_PREFIX=/proc run "$setup"
	refused 'cannot write in the folder /proc' 'set HPCCR_PREFIX'
}

A_log_that_cannot_be_written_is_refused() {
	HPCCR_SETUP_LOG=/proc/log HPCCR_PREFIX=$dir/place/hpccr run "$setup"
	refused /proc/log 'set HPCCR_SETUP_LOG' && empty "$dir/place"
}

# ---- apt fails ---------------------------------------------------------------------------------------------------

no_package_is_installed() { fake dpkg-query <<<$'#!/bin/sh\nexit 1'; }

apt_fails() {
	fake apt-get <<-'SCRIPT'
		#!/bin/sh
		echo "Reading package lists..."
		echo "E: the mirror is on fire" >&2
		exit 100
	SCRIPT
}

A_package_that_apt_cannot_install_is_named_with_the_reason_and_the_log() {
	local policy
	policy=$(cat /usr/sbin/policy-rc.d 2>&1)
	no_package_is_installed
	apt_fails
	HPCCR_PREFIX=$dir/place/hpccr run "$setup"
	refused mpich 'E: the mirror is on fire' "$HPCCR_SETUP_LOG" 'run setup.sh again' && empty "$dir/place" || return
	grep -q 'Reading package lists' "$HPCCR_SETUP_LOG" || complain 'the log lacks what apt said' || return
	[ "$policy" = "$(cat /usr/sbin/policy-rc.d 2>&1)" ] || complain 'policy-rc.d is not as before'
}

An_apt_that_installs_nothing_is_found_out() {
	no_package_is_installed
	fake apt-get <<<$'#!/bin/sh\nexit 0'
	run "$setup"
	refused 'still not installed' mpich "$HPCCR_SETUP_LOG"
}

A_criu_that_apt_cannot_find_leaves_nothing_behind() {
	apt_fails
	HPCCR_PREFIX=$dir/place/some/where run "$setup"
	refused 'found no CRIU' forky 'E: the mirror is on fire' "$HPCCR_SETUP_LOG" && empty "$dir/place"
}

A_download_that_fails_leaves_nothing_behind_and_the_old_prefix_alone() {
	fake apt-get <<-SCRIPT
		#!/bin/sh
		case "\$*" in *download-only*) echo "E: the disk is full"; exit 100 ;; esac
		exec $(command -v apt-get) "\$@"
	SCRIPT
	mkdir -p "$dir/place/criu/bin"
	HPCCR_PREFIX=$dir/place run "$setup"
	refused 'could not download CRIU' 'the disk is full' || return
	[ "$(ls -A "$dir/place")" = criu ] || complain "left behind: $(ls -A "$dir/place")"
}

An_interrupted_run_leaves_nothing_behind() {
	fake apt-get <<<$'#!/bin/sh\nkill -INT $PPID'
	HPCCR_PREFIX=$dir/place/hpccr run "$setup"
	[ "$rc" = 130 ] || complain 'expected exit 130' || return
	empty "$dir/place"
}

Another_apt_that_holds_the_lock_is_waited_for() {
	no_package_is_installed
	fake apt-get <<-SCRIPT
		#!/bin/sh
		echo "\$*" >>$dir/calls
		[ \$(wc -l <$dir/calls) -gt 1 ] || { echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1"; exit 100; }
	SCRIPT
	run "$setup"
	[ "$(wc -l <"$dir/calls")" = 2 ] || complain "expected a second try: $(<"$dir/calls")"
}

# ---- no daemon is started ----------------------------------------------------------------------------------------

# with_own_sbin COMMAND: in a mount namespace whose /usr/sbin is a copy that may be changed.
with_own_sbin() {
	unshare --mount --propagation private bash -c '
		mkdir "$1/sbin" && cp -a /usr/sbin/. "$1/sbin" && mount --bind "$1/sbin" /usr/sbin && shift && "$@"' - "$dir" "$@"
}

apt_asks_the_policy() {
	fake apt-get <<-SCRIPT
		#!/bin/sh
		/usr/sbin/policy-rc.d slurmd start
		echo \$? >>$dir/answers
	SCRIPT
}

Packages_may_not_start_daemons_and_the_policy_goes_away_again() {
	no_package_is_installed
	apt_asks_the_policy
	run with_own_sbin bash -c "rm -f /usr/sbin/policy-rc.d; $setup; ls /usr/sbin/policy-rc.d"
	[ "$(<"$dir/answers")" = 101 ] || complain 'expected the policy to answer 101' || return
	[[ $err == *"No such file"* ]] || complain 'expected policy-rc.d to be gone'
}

A_policy_of_a_setup_that_was_killed_goes_away() {
	no_package_is_installed
	fake apt-get <<<$'#!/bin/sh\nkill -KILL $PPID'
	run with_own_sbin bash -c "rm -f /usr/sbin/policy-rc.d; $setup; ls /usr/sbin/policy-rc.d; echo 'exit 0' >$dir/fake/apt-get; $setup; ls /usr/sbin/policy-rc.d"
	[ "$out" != "${out/policy-rc.d/}" ] || complain 'expected the first policy-rc.d to stay behind' || return
	[[ $err == *"No such file"* ]] || complain 'expected policy-rc.d to be gone'
}

A_policy_that_the_machine_has_stays_as_it_is() {
	no_package_is_installed
	apt_asks_the_policy
	run with_own_sbin bash -c "printf '#!/bin/sh\nexit 104\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d; $setup; cat /usr/sbin/policy-rc.d"
	[ "$(<"$dir/answers")" = 104 ] && [[ $out == *"exit 104" ]] || complain 'expected the policy of the machine to answer'
}

# ---- CRIU --------------------------------------------------------------------------------------------------------

A_working_criu_of_the_system_is_taken() {
	fake apt-get <<<$'#!/bin/sh\nexit 100'
	mkdir "$dir/sbin"
	printf '#!/bin/sh\nexec %s "$@"\n' "${HPCCR_PREFIX:-/opt/hpccr}/criu/bin/criu" >"$dir/sbin/criu"
	chmod 755 "$dir/sbin/criu"
	run unshare --mount --propagation private bash -c "mount --bind $dir/sbin /usr/local/sbin; HPCCR_PREFIX=$dir/place $setup && $dir/place/criu/bin/criu --version"
	[ "$rc" = 0 ] && [ "$(readlink "$dir/place/criu/bin/criu")" = /usr/local/sbin/criu ] || complain 'expected a link to the CRIU of the system'
}

# swrk_answers CRIU PYCRIU: asks "criu swrk" its version over an inherited descriptor.
swrk_answers() {
	/usr/bin/python3 -B - "$@" <<-'PYTHON'
		import os, socket, subprocess, sys
		sys.path.insert(0, sys.argv[2])
		from pycriu import rpc
		ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		os.dup2(theirs.fileno(), 77)
		engine = subprocess.Popen([sys.argv[1], "swrk", "77"], pass_fds=[77])
		ours.settimeout(10)
		ours.send(rpc.criu_req(type=rpc.VERSION).SerializeToString())
		answer = rpc.criu_resp()
		answer.ParseFromString(ours.recv(4096))
		ours.close()
		engine.wait(10)
		print(answer.version.major_number, answer.version.minor_number)
	PYTHON
}

A_criu_is_fetched_that_works_from_any_folder_and_in_any_way_of_starting_it() {
	local prefix="$dir/place/some where" criu before after
	before=$(sha256sum /lib/*-linux-gnu/libc.so.6; dpkg-query -W | sha256sum)
	HPCCR_PREFIX=$prefix run "$setup"
	after=$(sha256sum /lib/*-linux-gnu/libc.so.6; dpkg-query -W | sha256sum)
	criu=$prefix/criu/bin/criu
	[ "$rc" = 0 ] && [ "$(ls -A "$prefix")" = criu ] || complain 'expected CRIU and nothing else in the prefix' || return
	[ "$before" = "$after" ] || complain 'the system has changed' || return
	mv "$prefix" "$dir/moved"
	criu=$dir/moved/criu/bin/criu
	ln -s "$criu" "$dir/link"
	run "$criu" check && [ "$rc" = 0 ] || complain 'expected criu check to pass' || return
	run "$dir/link" --version && [[ $out == Version* ]] || complain 'expected it to start through a link' || return
	run env -C "$dir/moved/criu/bin" ./criu --version && [[ $out == Version* ]] || complain 'expected it to start from its folder' || return
	run setpriv --ruid "$nobody" --rgid "$nobody" --clear-groups "$criu" --version && [[ $out == Version* ]] ||
		complain 'expected it to start with a real uid that is not the effective one' || return
	run swrk_answers "$criu" "$dir/moved/criu/python" && [[ $out == 4* ]] || complain 'expected swrk to answer on descriptor 77'
}

Crit_reads_what_criu_wrote() {
	local bin=${HPCCR_PREFIX:-/opt/hpccr}/criu/bin pid
	mkdir "$dir/images"
	setsid sleep 1000 </dev/null >/dev/null 2>&1 &
	pid=$!
	until [ "$(readlink "/proc/$pid/exe")" = "$(readlink -f "$(command -v sleep)")" ]; do :; done
	run unshare --mount --propagation private bash -c \
		"mount -t tmpfs tmpfs /run && $bin/criu dump -t $pid -D $dir/images -o dump.log && $bin/crit show $dir/images/pstree.img"
	kill -KILL "$pid" 2>/dev/null
	[ "$rc" = 0 ] && [[ $out == *'"PSTREE"'*"\"pid\": $pid"* ]] || complain 'expected the pid in pstree.img'
}

# ---- apt's source lists ------------------------------------------------------------------------------------------

# sources_of FORMAT: what setup.sh makes of the list on stdin on a Debian called bookworm.
sources_of() {
	cat >"$dir/list"
	run bash -c '. "$1"; codename() { echo bookworm; }; "$2" "$3"' - "$setup" "$1" "$dir/list"
}

One_line_sources_keep_their_options_and_change_their_suite() {
	sources_of one_line_entries <<-'LIST'
		# deb http://mirror/debian bookworm main
		deb [ arch=amd64 signed-by=/usr/share/keyrings/k.gpg ] http://mirror/debian bookworm main contrib
		deb [trusted=yes] http://mirror/debian stable main
		deb http://mirror/debian bookworm main # ours
		deb http://mirror/debian bookworm-updates main
		deb-src http://mirror/debian bookworm main
		deb [arch=amd64] http://elsewhere/tool nodistro main
	LIST
	local wanted='deb [ arch=amd64 signed-by=/usr/share/keyrings/k.gpg ] http://mirror/debian @SUITE@ main contrib
deb [trusted=yes] http://mirror/debian @SUITE@ main
deb http://mirror/debian @SUITE@ main # ours'
	[ "$out" = "$wanted" ] || complain 'expected another list'
}

Deb822_sources_keep_their_fields_and_change_their_suites() {
	sources_of deb822_entries <<-'LIST'
		# the archive
		Types: deb deb-src
		URIs: http://mirror/debian
		Suites: bookworm
		 bookworm-updates
		# a remark
		Components: main
		Signed-By:
		 -----BEGIN PGP PUBLIC KEY BLOCK-----
		 .
		 mQ==

		Types: deb
		URIs: http://mirror/debian-security
		Suites: bookworm-security
		Components: main

		Types: deb
		URIs: http://other/debian
		suites:bookworm
		Enabled: no
		Components: main

		Types: deb-src
		URIs: http://other/debian
		Suites: bookworm
		Components: main
	LIST
	local wanted='Types: deb
Suites: @SUITE@
URIs: http://mirror/debian
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQ=='
	[ "$out" = "$wanted" ] || complain 'expected another list'
}

A_mirror_of_dated_snapshots_is_asked_for_another_date() {
	run bash -c '. "$1"; work=$2; mkdir "$work/sources"
		echo "deb http://snapshot/archive/debian/20250520T000000Z/ @SUITE@ main" >"$work/sources/own.list"
		dated_sources "$work/sources/own.list" && use_suite forky 20261122T120000Z && cat "$work/apt/sources/own.list"' - "$setup" "$dir/place"
	[ "$out" = 'deb http://snapshot/archive/debian/20261122T120000Z/ forky main' ] || complain 'expected another date and suite'
}

# ------------------------------------------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || {
	echo 'setup_test.sh: needs root, as setup.sh does; run it again as root.' >&2
	exit 1
}
while read -r name <&3; do
	check "$name"
done 3< <(grep -oE '^[A-Z]\w+\(\)' "${BASH_SOURCE[0]}" | tr -d '()')
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
