#!/usr/bin/python3
"""A plugin that does what its folder's file `behaviour` says, at the event that it names: `preDump hang`. Without the file it behaves.

It writes every event that it hears of to the file `heard`, if that may be written.
"""
import json
import os
import subprocess
import sys
import time

EVENTS = ["quiesce", "preDump", "postDump", "resumed", "preRestore", "reconnect", "restored", "aborted"]


busy_times = []


def say(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def behaviour():
    try:
        with open("behaviour") as file:
            return file.read().split(None, 2)
    except FileNotFoundError:
        return ["never", "behave"]


def hear(event):
    try:
        with open("heard", "a") as file:
            file.write(event + "\n")
    except OSError:
        pass


def misbehave(what, argument, message):
    number = message.get("id", 0)
    if what == "hang":
        time.sleep(1000)
    elif what == "exit":
        print("something went wrong", file=sys.stderr)
        sys.exit(3)
    elif what == "crash":
        os.abort()
    elif what == "garbage":
        print("no JSON, \x1b[31mred\x1b[0m", flush=True)
    elif what == "unknown":
        say(id=number, ok=True, surprise=1)
    elif what == "flood":
        while True:
            os.write(1, b"x" * 65536)
    elif what == "chatter":
        while True:
            os.write(2, b"much to say\n" * 1000)
    elif what == "late":
        time.sleep(2)
        say(id=number, ok=True)
    elif what == "wrong":
        say(id=number + 100, ok=True)
    elif what == "deaf":
        os.close(0)
        os.close(1)
        time.sleep(1000)
    elif what == "leave":
        # Its child goes on with its descriptors, in a session of its own.
        subprocess.Popen(["sleep", "1000"], start_new_session=True)
        sys.exit(0)
    elif what == "veto":
        say(id=number, veto=argument, remedy="Wait for it")
    elif what == "busy":
        say(id=number, busy=argument)
    elif what == "busy-twice":
        busy_times.append(number)
        say(id=number, **({"busy": argument} if len(busy_times) < 3 else {"ok": True}))
    elif what == "old":
        say(hello={"api": 0, "name": "unruly", "version": "0", "events": []})
    elif what == "claim":
        say(id=number, ok=True, claims=[{"connection": 4711}])
    elif what == "claim-all":
        say(id=number, ok=True, claims=[{"connection": connection["id"], "policy": "reconnect"} for connection in message["connections"]])
    elif what == "descriptor":
        say(id=number, ok=True, descriptor=int(argument))
    elif what == "state":
        say(id=number, ok=True, state="x" * 100000)
    elif what == "read":
        try:
            os.listdir(argument)
            answer = "could"
        except OSError as error:
            answer = error.strerror
        say(log=f"uid {os.getuid()} groups {os.getgroups()} in {os.getcwd()}: {argument}: {answer}")
        say(id=number, ok=True)
    elif what == "gain":
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith(("NoNewPrivs", "Cap")):
                    print(line.strip(), file=sys.stderr, flush=True)
        say(id=number, ok=True)
    else:
        sys.exit(f"what is {what}?")


for text in sys.stdin:
    heard = json.loads(text)
    event = "hello" if "hello" in heard else heard["event"]
    hear(event)
    at, what, *argument = behaviour()
    if at == event:
        misbehave(what, argument[0].strip() if argument else "", heard)
    elif event == "hello":
        say(hello={"api": 1, "name": "unruly", "version": "1", "events": EVENTS})
    else:
        say(id=heard["id"], ok=True)
