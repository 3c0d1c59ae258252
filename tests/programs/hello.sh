#!/bin/bash
# A handshake with sessions.py: hello.sh NAME [SECONDS] says who calls, on its standard input and output, after so long.
sleep "${2:-0}"
echo "LOGIN $1"
read -r answer || { echo "no answer" >&2; exit 3; }
[ "$answer" = "OK $1" ] || { echo "unexpected: $answer" >&2; exit 4; }
