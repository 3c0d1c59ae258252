#!/bin/sh
# kernel-feature-cache.sh CRIU FOLDER: leaves FOLDER/criu.kdat, what CRIU found out about this kernel.
#
# CRIU keeps this file only where /run is a tmpfs, but takes it from anywhere. So it is made on a tmpfs that only this script sees:
# call it as `unshare --mount --propagation private sh kernel-feature-cache.sh ...`. FOLDER may be /run itself: the way out of the
# private /run is the working folder, entered before.
set -eu
criu=$1
cd -- "$2"
mount -t tmpfs -o size=1m,mode=0700 tmpfs /run
# What the check says does not matter here, only what it found out.
"$criu" check >/dev/null 2>&1 || true
new=./.criu.kdat.$$
trap 'rm -f -- "$new"' EXIT
cp -- /run/criu.kdat "$new"
chmod 0600 -- "$new"
mv -f -- "$new" ./criu.kdat
