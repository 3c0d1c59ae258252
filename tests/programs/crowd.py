#!/usr/bin/python3
"""Connects to a unix socket many times and says nothing: crowd.py SOCKET CONNECTIONS. Prints `connected N`, and holds them until it is ended.

Each process of it holds at most 1000 connections, which any user may have open.
"""
import os
import signal
import socket
import sys
import time

PATH, WANTED, EACH = sys.argv[1], int(sys.argv[2]), 1000
PARENT = os.getpid()


def hold(count, told):
    held = []
    for _ in range(count):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(20)
        try:
            connection.connect(PATH)
            held.append(connection)
        except OSError:
            connection.close()
    os.write(told, b"%d\n" % len(held))
    os.close(told)
    while os.getppid() == PARENT:
        time.sleep(0.1)
    os._exit(0)


readable, writable = os.pipe()
left = WANTED
while left > 0:
    if os.fork() == 0:
        os.close(readable)
        hold(min(left, EACH), writable)
    left -= EACH
os.close(writable)
with os.fdopen(readable) as lines:
    print("connected", sum(int(line) for line in lines), flush=True)
signal.pause()
