#!/usr/bin/python3
"""Holds TCP connections on loopback in the states that last, with bytes in both queues, and then does nothing.

    tcpstates.py states    established, half-closed, closing, last-ack, IPv6, v4-mapped
    tcpstates.py urgent    bytes behind an urgent mark that nobody has read
"""
import signal
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
    try:
        while sender.send(b"x" * 65536):
            pass
    except BlockingIOError:
        pass


def states():
    talk, full, half, fin, closing, last = (pair() for _ in range(6))
    six, mapped = pair(socket.AF_INET6, socket.AF_INET6), pair(socket.AF_INET6, socket.AF_INET)
    for client, server in (talk, six, mapped):
        client.send(b"hello")
        server.send(b"goodbye")
    for filled in (full[0], fin[0], closing[0], last[1]):
        fill(filled)
    half[1].send(b"bye")
    for shut in (half[0], fin[0], closing[0], closing[1], last[0], last[1]):
        shut.shutdown(socket.SHUT_WR)
    return [talk, full, half, fin, closing, last, six, mapped]


def urgent():
    client, server = pair()
    client.send(b"before")
    client.send(b"!", socket.MSG_OOB)
    client.send(b"behind")
    return [(client, server)]


held = {"states": states, "urgent": urgent}[sys.argv[1]]()
time.sleep(0.5)  # the last of the handshakes, on loopback
print("ready", len(held), flush=True)
while True:
    signal.pause()
