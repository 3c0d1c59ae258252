#!/usr/bin/env python3
"""Holds a lease of a file (fcntl(2), F_SETLEASE), and prints `step N held` while it does. Who opens the file breaks it: by default the kernel then ends
the holder with SIGIO."""
import argparse
import fcntl
import os
import time

options = argparse.ArgumentParser()
options.add_argument("--file", required=True)
options.add_argument("--kind", choices=("read", "write", "write-only"), default="write")
options.add_argument("--steps", type=int, default=100)
options.add_argument("--pace", type=float, default=0.03)
chosen = options.parse_args()

with open(chosen.file, "w") as file:
    file.write("nothing yet\n")
lease = fcntl.F_RDLCK if chosen.kind == "read" else fcntl.F_WRLCK
held = os.open(chosen.file, {"read": os.O_RDONLY, "write": os.O_RDWR, "write-only": os.O_WRONLY | os.O_APPEND}[chosen.kind])
fcntl.fcntl(held, fcntl.F_SETLEASE, lease)
for step in range(1, chosen.steps + 1):
    if chosen.kind != "read":
        os.write(held, b"%d\n" % step)
    print(f"step {step} {'held' if fcntl.fcntl(held, fcntl.F_GETLEASE) == lease else 'lost'}", flush=True)
    time.sleep(chosen.pace)
