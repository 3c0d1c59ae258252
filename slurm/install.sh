#!/bin/bash
# Puts HpcCr's hooks into a Slurm cluster's configuration, and takes them out again. Without --apply or --remove it only shows what it would change.
#
#   slurm/install.sh --coordinator HOST:PORT [OPTIONS]            show
#   slurm/install.sh --coordinator HOST:PORT [OPTIONS] --apply    do it: on each node and on slurmctld's host (or once, where /etc is shared)
#   slurm/install.sh [OPTIONS] --remove                           undo it
#       --slurm-conf FILE   slurm.conf (default /etc/slurm/slurm.conf)
#       --folder DIR        where the hooks and their hpccr.conf go (default /etc/hpccr/slurm)
#       --hpccr FILE        the hpccr command (default: the one of PATH)
#       --set NAME=VALUE    another line of hpccr.conf (RUN_DIR, KEY_FILE, LOG, STRICT, PATIENCE); may be repeated
# Then `scontrol reconfigure`, or, for PrologFlags, a restart of slurmctld and slurmd. Nothing else is touched.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
slurm_conf=/etc/slurm/slurm.conf folder=/etc/hpccr/slurm coordinator='' hpccr='' verb=show settings=()
begin='# >>> HpcCr: put here by its slurm/install.sh, which takes it out again with --remove'
end='# <<< HpcCr'

die() {
	echo "install.sh: $*" >&2
	exit 2
}

value() { [ $# -gt 1 ] && [ -n "$2" ] || die "$1 needs a value; see the head of this script."; }

while [ $# -gt 0 ]; do
	case $1 in
	--coordinator) value "$@"; coordinator=$2; shift 2 ;;
	--slurm-conf) value "$@"; slurm_conf=$2; shift 2 ;;
	--folder) value "$@"; folder=$2; shift 2 ;;
	--hpccr) value "$@"; hpccr=$2; shift 2 ;;
	--set) value "$@"; [[ $2 =~ ^(RUN_DIR|KEY_FILE|LOG|STRICT|PATIENCE)=[A-Za-z0-9_./-]+$ ]] || die "'$2' is no setting of hpccr.conf."; settings+=("$2"); shift 2 ;;
	--apply | --remove) verb=${1#--}; shift ;;
	*) die "what is '$1'? The head of this script lists the options." ;;
	esac
done
[ -f "$slurm_conf" ] || die "there is no $slurm_conf; name it with --slurm-conf."
[[ $folder =~ ^/[A-Za-z0-9_./-]+$ ]] || die "'$folder' is no folder for hooks: give an absolute path without spaces."

without_ours() { awk -v begin="$begin" -v end="$end" '$0 == begin {ours = 1} !ours {print} $0 == end {ours = 0}' "$slurm_conf"; }

# The snippet, but for what the site has set itself already.
snippet() {
	echo "$begin"
	sed "s#@FOLDER@#$folder#g" "$here/slurm.conf.snippet"
	echo "$end"
}

configuration() {
	echo "# Written by slurm/install.sh of HpcCr; the hooks beside it read it as shell."
	echo "HPCCR=$hpccr"
	echo "COORDINATOR=$coordinator"
	[ ${#settings[@]} = 0 ] || printf '%s\n' "${settings[@]}"
}

conflicts() { without_ours | grep -nEi '^[[:space:]]*(Prolog|Epilog|TaskProlog|PrologFlags)[[:space:]]*=' || true; }

# Through a file beside it and a rename: Slurm's daemons never read half of it. Owner and mode stay.
replace_slurm_conf() {
	local new=$slurm_conf.hpccr.$$
	cp -p "$slurm_conf" "$new"
	cat >"$new"
	mv -f "$new" "$slurm_conf"
}

case $verb in
remove)
	if grep -qxF -- "$begin" "$slurm_conf"; then without_ours | replace_slurm_conf; fi
	rm -f "$folder"/{hook.sh,prolog,epilog,taskprolog,hpccr.conf}
	rmdir "$folder" 2>/dev/null || true
	echo "taken out of $slurm_conf; run: scontrol reconfigure"
	exit
	;;
esac

hpccr=${hpccr:-$(command -v hpccr || true)}
[[ $coordinator =~ ^[A-Za-z0-9.-]+:[0-9]+$ ]] || die "--coordinator HOST:PORT is needed: where hpccr-coordinator --listen runs."
[[ $hpccr =~ ^/[A-Za-z0-9_./-]+$ && -x $hpccr ]] || die "there is no hpccr at '$hpccr'; name it with --hpccr."
found=$(conflicts)
if [ -n "$found" ]; then
	echo "$slurm_conf has hooks already:" >&2
	echo "$found" >&2
	die "they are yours, and stay. Call $folder/prolog and the like from them, or name a pattern (Prolog=/etc/slurm/prolog.d/*) and link them there; PrologFlags needs Alloc (or Contain, which implies it). slurm/README.md, 'A site with hooks of its own', tells how."
fi

changed() { { without_ours; snippet; } | diff -u --label "$slurm_conf" --label "$slurm_conf (new)" "$slurm_conf" - || true; }
if [ "$verb" = show ]; then
	echo "would write $folder/{prolog,epilog,taskprolog} and $folder/hpccr.conf:"
	configuration | sed 's/^/    /'
	echo "would change $slurm_conf:"
	changed
	echo 'nothing was changed; --apply does it'
	exit
fi
changed
install -d -m 755 "$folder"
install -m 755 "$here/hook.sh" "$folder/hook.sh"
for hook in prolog epilog taskprolog; do ln -sfn hook.sh "$folder/$hook"; done
configuration >"$folder/hpccr.conf"
chmod 644 "$folder/hpccr.conf"
{ without_ours; snippet; } >"$slurm_conf.hpccr.new"
replace_slurm_conf <"$slurm_conf.hpccr.new"
rm -f "$slurm_conf.hpccr.new"
echo "done; restart slurmctld and slurmd (PrologFlags), and see that hpccr-coordinator runs at $coordinator"
