#!/usr/bin/python3
"""Holds TCP connections on loopback in the states that last, with bytes in both queues, and does nothing until it is told.

    tcpstates.py states [FILE]    established, half-closed, closing, last-ack, IPv6, v4-mapped; once FILE is there, reads what
                                  was sent before, in every direction, and says `all N bytes are there`
    tcpstates.py urgent           bytes behind an urgent mark that nobody has read
"""
import os
import socket
import sys
import time

SMALL = 8192


def pair(listening=socket.AF_INET, connecting=socket.AF_INET):
    listener = socket.socket(listening)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    listener.bind(("::" if listening == socket.AF_INET6 else "127.0.0.1", 0))
    listener.listen()
    client = socket.socket(connecting)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    client.connect(("::1" if connecting == socket.AF_INET6 else "127.0.0.1", listener.getsockname()[1]))
    server, _ = listener.accept()
    listener.close()
    return client, server


def fill(sender):
    sender.setblocking(False)
    sent = 0
    try:
        while True:
            sent += sender.send(b"x" * 65536)
    except BlockingIOError:
        return sent


def states():
    talk, full, half, fin, closing, last = (pair() for _ in range(6))
    six, mapped = pair(socket.AF_INET6, socket.AF_INET6), pair(socket.AF_INET6, socket.AF_INET)
    for client, server in (talk, six, mapped):
        client.send(b"hello")
        server.send(b"goodbye")
    expected.update({end[receiver]: 5 if receiver else 7 for end in (talk, six, mapped) for receiver in (0, 1)})
    for (connection, sender) in ((full, 0), (fin, 0), (closing, 0), (last, 1)):
        expected[connection[1 - sender]] = fill(connection[sender])
    expected[half[0]] = half[1].send(b"bye")
    for shut in (half[0], fin[0], closing[0], closing[1], last[0], last[1]):
        shut.shutdown(socket.SHUT_WR)
    return [talk, full, half, fin, closing, last, six, mapped]


def urgent():
    client, server = pair()
    client.send(b"before")
    client.send(b"!", socket.MSG_OOB)
    client.send(b"behind")
    return [(client, server)]


def read_all():
    """Reads what was sent before, to the byte; an end beyond that is the sender's FIN."""
    left = dict(expected)
    while any(left.values()):
        for end in [end for end, count in left.items() if count]:
            end.settimeout(20)
            data = end.recv(min(65536, left[end]))
            if not data:
                sys.exit(f"{left[end]} bytes are lost")
            left[end] -= len(data)
    for end in expected:
        end.setblocking(False)
        try:
            if end.recv(1):
                sys.exit("there is a byte too many")
        except BlockingIOError:
            pass
    print(f"all {sum(expected.values())} bytes are there", flush=True)


expected = {}
held = {"states": states, "urgent": urgent}[sys.argv[1]]()
time.sleep(0.5)  # the last of the handshakes, on loopback
print("ready", len(held), flush=True)
while len(sys.argv) < 3 or not os.path.exists(sys.argv[2]):
    time.sleep(0.05)
read_all()
