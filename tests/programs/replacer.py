#!/usr/bin/env python3
"""Replaces, rewrites and truncates files as everyday programs do, and checks at every step that each is what it left there.

  renamed    written to renamed.tmp and renamed over; held open for reading since the step before
  state      rewritten with open("w"), and held open until the next step
  fixed      open for writing only, rewritten from its start
  log        appended to
  scratch    written, and removed again by the next step; held open for writing meanwhile

Prints `step N` and at the end `final N DIGEST`. Exit 3: a file is not what it was."""
import argparse
import hashlib
import os
import sys
import time

options = argparse.ArgumentParser()
options.add_argument("--folder", required=True)
options.add_argument("--steps", type=int, default=100)
options.add_argument("--pace", type=float, default=0.02)
options.add_argument("--lines", type=int, default=50, help="the length of state, in lines")
options.add_argument("--hurry", default="", help="once this file is there, the steps follow each other without a pause")
chosen = options.parse_args()


def path(name):
    return os.path.join(chosen.folder, name)


def text(name, step):
    # Its length changes from step to step.
    return f"{name} {step}\n" * (chosen.lines + step % 7)


def read(name):
    with open(path(name)) as file:
        return file.read()


def require(name, found, *wanted):
    if found not in wanted:
        print(f"{name} holds {found[:60]!r}... ({len(found)}), wanted {wanted[0][:60]!r}... ({len(wanted[0])})", file=sys.stderr, flush=True)
        sys.exit(3)


log = open(path("log"), "a")
fixed = os.open(path("fixed"), os.O_WRONLY | os.O_CREAT, 0o644)
state = scratch = renamed = None
for step in range(1, chosen.steps + 1):
    if state:
        require("state", read("state"), text("state", step - 1))
        require("renamed", read("renamed"), text("renamed", step - 1))
        renamed.seek(0)
        require("renamed, open", renamed.read(), text("renamed", step - 1))
        require("fixed", read("fixed"), f"fixed {step - 1:08}\n")
        require("log", read("log"), "".join(f"line {n}\n" for n in range(1, step)))
        require("scratch", read("scratch"), text("scratch", step - 1))
        state.close()
        scratch.close()
        os.remove(path("scratch"))
    with open(path("renamed.tmp"), "w") as file:
        file.write(text("renamed", step))
    os.rename(path("renamed.tmp"), path("renamed"))
    renamed = open(path("renamed"))
    state = open(path("state"), "w")
    state.write(text("state", step))
    state.flush()
    scratch = open(path("scratch"), "w")
    scratch.write(text("scratch", step))
    scratch.flush()
    os.pwrite(fixed, f"fixed {step:08}\n".encode(), 0)
    log.write(f"line {step}\n")
    log.flush()
    print(f"step {step}", flush=True)
    if not os.path.exists(chosen.hurry):
        time.sleep(chosen.pace)

digest = hashlib.sha256()
for name in ("renamed", "state", "fixed", "log", "scratch"):
    digest.update(read(name).encode())
print(f"final {chosen.steps} {digest.hexdigest()}", flush=True)
