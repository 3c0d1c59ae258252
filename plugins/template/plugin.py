"""A plugin to begin with: it hears of every event and changes nothing. Take out what you do not need; docs/plugins.md explains the rest."""
import json
import sys

attempt = {}     # what the launcher says first: job, sandbox, node, nodes, epoch, restart, config


def say(**line):
    print(json.dumps(line), flush=True)


def ask(**question):
    """Asks the launcher, while an event is open: put={"key":..,"value":..}, get="key", barrier="name" or run=["command"]."""
    say(ask=1, **question)
    answer = json.loads(sys.stdin.readline())
    if "failure" in answer:
        raise RuntimeError(answer["failure"])
    return answer.get("value")


def quiesce(event):
    # The job still runs. event: pids, connections (id, local, remote, pid, descriptor), ends (unix sockets and pipes).
    say(log=f"{attempt['config'].get('greeting')}: {len(event['pids'])} processes, {len(event['connections'])} connections")
    return {"claims": []}


def pre_dump(event):
    # The whole job stands still: be quick. {"busy": "why"} in place of an answer has the job run on for some milliseconds first.
    if attempt["sandbox"] == attempt["nodes"][0]:
        ask(put={"key": "leader", "value": attempt["node"]})
    return {"state": ask(get="leader")}


def pre_restore(event):
    # A restart; nothing of the job is there yet. {"veto": "why", "remedy": "what to do"} ends it, as it ends an epoch.
    say(log=f"back to epoch {attempt['epoch']}, led by {event.get('state')}")
    return {}


def nothing(event):
    return {}


EVENTS = {"quiesce": quiesce, "preDump": pre_dump, "postDump": nothing, "resumed": nothing,
          "preRestore": pre_restore, "restored": nothing, "aborted": nothing}

for text in sys.stdin:
    line = json.loads(text)
    if "hello" in line:
        attempt = line["hello"]
        say(hello={"api": 1, "name": "my-plugin", "version": "1.0", "events": list(EVENTS)})
    else:
        answer = EVENTS[line["event"]](line)
        say(id=line["id"], **({} if "veto" in answer or "busy" in answer else {"ok": True}), **answer)
