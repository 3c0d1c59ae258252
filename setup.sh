#!/bin/bash
# Puts on a Debian 12 or newer machine what HpcCr needs beside .NET: Debian packages, and a CRIU that works on its kernel.
# Run it as root, as often as you like: what is there stays as it is, and then nothing is printed.
#
#   HPCCR_PREFIX      where a CRIU of our own goes (default /opt/hpccr; the engine is then $HPCCR_PREFIX/criu/bin/criu)
#   HPCCR_SETUP_LOG   what apt says (default /var/log/hpccr-setup.log)
set -uo pipefail
umask 022
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

prefix=${HPCCR_PREFIX:-/opt/hpccr}
log=${HPCCR_SETUP_LOG:-/var/log/hpccr-setup.log}
oldest_criu=4.2            # 3.17 misreads the vDSO of kernels from 6.x on; 4.1 cannot dump sockets from kernel 6.16 on
newer_suites=(forky sid)   # Debian suites that have it, tried in this order
policy=/usr/sbin/policy-rc.d
policy_mark='# written by the setup.sh of HpcCr, which removes it again'
apt_lock_patience=600      # seconds to wait for another apt
work=                      # the folder in $prefix where things are under way; gone at exit, whatever happens
made=()                    # folders made for $prefix; gone at exit if nothing got there
forbidden=                 # set while our own policy-rc.d is in place

packages() {
	sed 's/ *#.*//; /^$/d' <<'LIST'
openmpi-bin          # mpirun.openmpi: one of the two MPI families whose jobs are checkpointed
libopenmpi-dev       # mpicc.openmpi, for the test programs
mpich                # mpirun.mpich, the other family (its ranks use SysV shared memory)
libmpich-dev         # mpicc.mpich
phyml                # phyml-mpi: a real MPI application that tests move in the middle of its run
gcc                  # compiles the library of the engine, and the programs that tests checkpoint
libc6-dev            # headers for them
tini                 # pid 1 of a sandbox: reaps, passes signals on
nftables             # nft: the lock on a job's connections
iproute2             # ip: nodes of the lab; ss: what the kernel still holds of a connection
util-linux           # unshare, nsenter, setpriv, setsid, flock, mount
procps               # ps, pgrep, sysctl in tests
libmunge2            # authentication between nodes, called by the coordinator and the launchers
slurmctld            # a real Slurm cluster of namespaces, for tests only: its controller
slurmd               # its nodes
slurm-client         # sbatch, scontrol, squeue, mpirun's srun
munge                # munged, which Slurm authenticates with
openssl              # the key of such a cluster
libzstd1             # compression of images
liblz4-1             # the same, faster
libxxhash0           # checksums of images
btrfs-progs          # mkfs.btrfs: a file system that can share contents between files, for tests
python3-fusepy       # a file system that squashes root, for a test
python3-minimal      # test peers
tmux                 # a terminal that a job brings along, for tests
redis-server         # a real server outside of jobs, for the tests of the plugin redis
python3-grpcio       # the independent gRPC that ours is tested against
python3-grpc-tools   # its protoc plugin
python3-protobuf     # its messages; crit needs it too
LIST
}

say() { printf 'setup.sh: %s\n' "$*"; }
die() {
	printf 'setup.sh: %s\n' "$*" >&2
	exit 1
}

# The line of the log in which apt or dpkg says why it failed.
reason() {
	local line
	line=$(grep -aE '^(E|dpkg[^ ]*): ' "$log" | tail -n 1)
	printf '%s' "${line:-$(tail -n 1 "$log")}"
}

clean_up() {
	[ -z "$work" ] || rm -rf -- "$work"
	[ "${#made[@]}" = 0 ] || [ -e "$prefix/criu" ] || rmdir -- "${made[@]}" 2>/dev/null
	[ -z "$forbidden" ] || rm -f -- "$policy"
}

main() {
	[ "$(id -u)" = 0 ] || die 'needs root to install packages and to check CRIU; nothing was changed; run it again as root.'
	command -v apt-get >/dev/null ||
		die 'there is no apt here, so nothing can be installed; use Debian 12 or newer, or install what "packages" in setup.sh lists by hand.'
	[[ $prefix == /* ]] || prefix=$PWD/$prefix
	local missing
	missing=$(missing_packages)
	[ -n "$missing" ] || ! engine_works "$prefix/criu/bin/criu" || return 0

	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	wait_for_other_setup
	start_log
	install_packages
	engine_works "$prefix/criu/bin/criu" || install_engine
}

# The lock is on a folder that is there anyway (dpkg does not use it so) and is held to the end of this process.
wait_for_other_setup() { exec {lock}</var/lib/dpkg && flock "$lock"; }

start_log() {
	(: >"$log") 2>/dev/null ||
		die "cannot write $log, where apt's messages go; set HPCCR_SETUP_LOG to a file that can be written and run setup.sh again."
}

# ---- packages ------------------------------------------------------------------------------------------------------

missing_packages() {
	local wanted
	mapfile -t wanted < <(packages)
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
		awk -v wanted="${wanted[*]}" '
			$1 == "installed" { there[$2] }
			END { n = split(wanted, name, " "); for (i = 1; i <= n; i++) if (!(name[i] in there)) print name[i] }'
}

install_packages() {
	local missing
	mapfile -t missing < <(missing_packages)
	[ "${#missing[@]}" -gt 0 ] || return 0
	say "installing ${missing[*]}"
	forbid_daemons
	local install=(apt_get -q -y install --no-install-recommends "${missing[@]}")
	"${install[@]}" || { apt_get -q update && "${install[@]}"; } ||
		die "could not install ${missing[*]} because apt-get said \"$(reason)\"; all it said is in $log; put that right and run setup.sh again."
	mapfile -t missing < <(missing_packages)
	[ "${#missing[@]}" = 0 ] || die "apt-get was content but ${missing[*]} is still not installed; see $log, install it by hand and run setup.sh again."
}

# apt-get with its messages in the log; waits for another apt that holds a lock (apt's own waiting leaves out the lists).
apt_get() {
	local from deadline=$((SECONDS + apt_lock_patience))
	while :; do
		from=$(wc -c <"$log")
		DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout="$apt_lock_patience" "$@" </dev/null >>"$log" 2>&1 && return 0
		tail -c +"$((from + 1))" "$log" | grep -q 'Could not get lock' || return 1
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 1
	done
}

# Debian's packages ask policy-rc.d whether they may start their daemon; 101 is no. A policy that the machine has is left alone.
forbid_daemons() {
	if [ -e "$policy" ] && ! grep -qxF -- "$policy_mark" "$policy"; then return 0; fi
	forbidden=yes
	{ printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy" && chmod 755 "$policy"; } 2>/dev/null ||
		die "cannot write $policy, which keeps packages from starting daemons; nothing was installed; make /usr/sbin writable and run setup.sh again."
}

# ---- CRIU ----------------------------------------------------------------------------------------------------------

install_engine() {
	local own
	prepare_prefix
	if own=$(system_criu) && engine_works "$own"; then
		link_engine "$own"
	else
		fetch_engine
	fi
	engine_works "$work/criu/bin/criu" ||
		die "CRIU $(criu_version "$work/criu/bin/criu") does not work on kernel $(uname -r): \"$(engine_complaint "$work/criu/bin/criu")\"; it was removed again; see what \"criu check\" asks of a kernel, or use a machine that has it."
	put_engine_in_place
}

criu_version() { "$1" --version 2>/dev/null | sed -n 's/^Version: *//p'; }

engine_complaint() {
	local said
	said=$({ "$1" --version && "$1" check; } 2>&1)
	{ grep 'Error' || tail -n 1; } <<<"$said" | head -n 1
}

engine_works() {
	[ -x "$1" ] && dpkg --compare-versions "$(criu_version "$1")" ge "$oldest_criu" && "$1" check >/dev/null 2>&1
}

# The CRIU that the system came with or its administrator installed; never the one in our prefix.
system_criu() {
	local path
	path=$(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin command -v criu) || return 1
	path=$(readlink -f -- "$path")
	[[ $path != "$(readlink -f -- "$prefix")"/* ]] && printf '%s' "$path"
}

# Makes the folder that everything happens in, beside its target so that the last step is a rename.
prepare_prefix() {
	local said folder
	folder=$prefix
	until [ -e "$folder" ]; do
		made+=("$folder")
		folder=$(dirname -- "$folder")
	done
	said=$(mkdir -p -- "$prefix" 2>&1) ||
		die "cannot make the folder $prefix for CRIU (${said##*: }); set HPCCR_PREFIX to a folder that can be written and run setup.sh again."
	work=$(mktemp -d "$prefix/.criu.XXXXXX" 2>/dev/null) ||
		die "cannot write in the folder $prefix, where CRIU goes; set HPCCR_PREFIX to a folder that can be written and run setup.sh again."
	mkdir -p "$work/criu/bin"
}

link_engine() {
	say "using $1 through $prefix/criu/bin/criu"
	ln -s -- "$1" "$work/criu/bin/criu"
	[ ! -x /usr/bin/crit ] || ln -s /usr/bin/crit "$work/criu/bin/crit"
}

put_engine_in_place() {
	chmod 755 "$work/criu"
	[ ! -e "$prefix/criu" ] || mv -- "$prefix/criu" "$work/before" || die "cannot replace $prefix/criu; remove it and run setup.sh again."
	mv -- "$work/criu" "$prefix/criu" || {
		[ ! -e "$work/before" ] || mv -- "$work/before" "$prefix/criu"
		die "cannot move CRIU to $prefix/criu; see whether that folder can be written and run setup.sh again."
	}
}

# Takes CRIU and every library it needs, the C library among them, from a newer Debian suite. The system gets none of it:
# apt works on lists, a cache and an (empty) dpkg status of its own, and the packages are only unpacked.
fetch_engine() {
	local suite date version=
	own_sources >"$work/own" || die "cannot find the package source of this Debian ($(codename)) in apt's source lists; add it and run setup.sh again."
	for date in "" "$(date -u +%Y%m%dT%H%M%SZ)"; do
		[ -z "$date" ] || dated_sources "$work/own" || break
		for suite in "${newer_suites[@]}"; do
			use_suite "$suite" "$date"
			apt_get -c "$work/apt.conf" -q update # a source that lacks this suite is no matter if another one has it
			version=$(offered_criu)
			[ -n "$version" ] && dpkg --compare-versions "$version" ge "$oldest_criu" && break 2
			version=
		done
	done
	[ -n "$version" ] ||
		die "found no CRIU $oldest_criu or newer in Debian's ${newer_suites[*]} because apt-get said \"$(reason)\"; all it said is in $log; see whether apt reaches a mirror that has one of these and run setup.sh again."
	say "fetching CRIU $version of Debian $suite into $prefix/criu (the system's own libraries are not touched)"
	apt_get -c "$work/apt.conf" -q -y install --download-only criu ||
		die "could not download CRIU $version because apt-get said \"$(reason)\"; nothing was installed; all it said is in $log; run setup.sh again."
	unpack_engine >>"$log" 2>&1 ||
		die "could not unpack CRIU $version under $prefix because \"$(reason)\"; nothing was installed; see $log and whether the disk is full, and run setup.sh again."
	add_crit >>"$log" 2>&1 || say "goes without crit, which only tests use to read CRIU's images; see $log."
}

codename() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# apt's source entries for this Debian, in either format, one file each: with @SUITE@ where the suite's name stood.
own_sources() {
	local list='' parts='' file dir="$work/sources"
	mkdir -p "$dir"
	eval "$(apt-config shell list Dir::Etc::SourceList/f parts Dir::Etc::SourceParts/d)"
	for file in "$list" "$parts"/*.list "$parts"/*.sources; do
		[ -f "$file" ] || continue
		case $file in
		*.sources) deb822_entries "$file" >"$dir/${file##*/}" ;;
		*) one_line_entries "$file" >"$dir/${file##*/}" ;;
		esac
	done
	find "$dir" -type f -size 0 -delete
	grep -rh . "$dir"
}

own_suites() { printf '%s stable oldstable testing unstable' "$(codename)"; }

one_line_entries() {
	awk -v names="$(own_suites)" '
		BEGIN { n = split(names, name, " "); for (i = 1; i <= n; i++) own[name[i]] }
		$1 == "deb" {
			at = 2
			if ($2 ~ /^\[/) { while (at <= NF && $at !~ /\]$/) at++; at++ }   # [options]
			if (!($(at + 1) in own)) next
			$(at + 1) = "@SUITE@"
			print
		}' "$1"
}

deb822_entries() {
	awk -v names="$(own_suites)" '
		function end_of_stanza() {
			if (binary && ours && !disabled) printf "Types: deb\nSuites: @SUITE@\n%s\n", rest
			binary = ours = disabled = 0
			rest = ""
		}
		BEGIN { n = split(names, name, " "); for (i = 1; i <= n; i++) own[name[i]] }
		/^#/ { next }
		/^[ \t]*$/ { end_of_stanza(); next }
		{
			value = $0
			if ($0 !~ /^[ \t]/) { field = tolower($0); sub(/[ \t]*:.*/, "", field); sub(/^[^:]*:/, "", value) }
			n = split(value, word, " ")
			for (i = 1; i <= n; i++) {
				if (field == "types" && word[i] == "deb") binary = 1
				if (field == "suites" && word[i] in own) ours = 1
				if (field == "enabled" && tolower(word[i]) ~ /^(no|false|0|off|without|disable)$/) disabled = 1
			}
			if (field != "types" && field != "suites") rest = rest $0 "\n"
		}
		END { end_of_stanza() }' "$1"
}

# A mirror of dated snapshots serves the newest snapshot up to any date asked for, so a later date may have what this one lacks.
dated_sources() { grep -qE '/[0-9]{8}T[0-9]{6}Z' "$1"; }

# Sets up the private apt for a suite, and for a date of the mirror's snapshots if one is given.
use_suite() {
	local suite=$1 date=$2 apt="$work/apt"
	rm -rf -- "$apt"
	mkdir -p "$apt"/{state/lists/partial,cache/archives/partial,log}
	: >"$apt/status"
	cp -r "$work/sources" "$apt/sources"
	find "$apt/sources" -type f -exec sed -i "s/@SUITE@/$suite/" {} +
	[ -z "$date" ] || find "$apt/sources" -type f -exec sed -Ei "s#/[0-9]{8}T[0-9]{6}Z#/$date#g" {} +
	cat >"$work/apt.conf" <<CONF
#clear APT::Architectures;
APT::Architectures { "$(dpkg --print-architecture)"; };
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Default-Release;
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Dir::State "$apt/state";
Dir::State::Lists "$apt/state/lists";
Dir::State::Status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Cache::Archives "$apt/cache/archives";
Dir::Log "$apt/log";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/sources";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
CONF
}

offered_criu() { apt-cache -c "$work/apt.conf" policy criu 2>/dev/null | sed -n 's/^ *Candidate: *//p' | grep -v none; }

# Of the packages only CRIU and the shared libraries are kept; bin/criu starts it with exactly these.
unpack_engine() {
	local deb root="$work/root" lib loader
	mkdir -p "$root" "$work/criu/lib"
	for deb in "$work"/apt/cache/archives/*.deb; do
		dpkg-deb -x "$deb" "$root" || return 1
		basename "$deb" >>"$work/criu/packages"
	done
	for lib in "$root"/{usr/,}lib/*-linux-*/*.so*; do
		[ ! -e "$lib" ] || cp -a -- "$lib" "$work/criu/lib/" || return 1
	done
	cp -a -- "$root/usr/sbin/criu" "$work/criu/lib/criu" || return 1
	loader=$(cd "$work/criu/lib" && echo ld-linux*.so.*)
	[ -x "$work/criu/lib/$loader" ] || { echo "E: no ld-linux among the packages"; return 1; }
	wrapper criu "#!/bin/sh -p
# Starts the CRIU of this folder with the C library of this folder.
# -p: an effective uid that differs from the real one stays as it is (the launcher may start the engine so)." \
		"\"\$prefix/lib/$loader\" --inhibit-cache --library-path \"\$prefix/lib\" \"\$prefix/lib/criu\""
}

# crit reads and writes CRIU's images as JSON: tests hold our own image codec against it.
add_crit() {
	local root="$work/crit"
	(cd "$work" && apt-get -c "$work/apt.conf" -q download python3-pycriu) || return 1
	dpkg-deb -x "$work"/python3-pycriu_*.deb "$root" &&
		mkdir "$work/criu/python" &&
		cp -r "$root"/usr/lib/python3/dist-packages/{crit,pycriu} "$work/criu/python/" &&
		cp "$root/usr/bin/crit" "$work/criu/python/crit-command" || return 1
	wrapper crit "#!/bin/sh
# Starts the crit of this folder with the system's Python." \
		"/usr/bin/python3 -B \"\$prefix/python/crit-command\""
	"$work/criu/bin/crit" --version || { rm -rf -- "$work/criu/bin/crit" "$work/criu/python"; return 1; }
}

# wrapper NAME HEAD COMMAND: a script in bin/ that finds its folder from its own path, also through a symbolic link.
wrapper() {
	cat >"$work/criu/bin/$1" <<SCRIPT
$2
self=\$0
[ ! -L "\$self" ] || self=\$(readlink -f -- "\$self")
prefix=\${self%/*}/..
exec $3 "\$@"
SCRIPT
	chmod 755 "$work/criu/bin/$1"
}

# Sourced (by tests), it only defines its functions.
[ "${BASH_SOURCE[0]}" != "$0" ] || main "$@"
