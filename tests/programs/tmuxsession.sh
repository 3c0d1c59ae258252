#!/bin/bash
# tmuxsession.sh FLAG: a shell in a pane of tmux. Prints "held", waits for the file FLAG, types into the shell, and prints what it answers.
set -u
place=$(mktemp -d)
tm() { tmux -S "$place/socket" -f /dev/null "$@"; }
shows() { tm capture-pane -p | grep -qx "$1"; }
tm new-session -d -x 80 -y 24 "env PS1='> ' bash --norc --noprofile -i"
# shellcheck disable=SC2016
tm send-keys 'count=$((40+1)); echo "before $count"' Enter
until shows 'before 41'; do sleep 0.02; done
# A line that is begun and not ended.
# shellcheck disable=SC2016
tm send-keys 'echo "after $((cou'
until tm capture-pane -p | grep -q '((cou$'; do sleep 0.02; done
echo held
until [ -e "$1" ]; do sleep 0.02; done
tm send-keys 'nt+1))"' Enter
until shows 'after 42'; do sleep 0.02; done
tm capture-pane -p | grep -x 'before 41\|after 42'
tm kill-server
rm -r "$place"
echo "final tmux"
