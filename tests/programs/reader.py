#!/usr/bin/python3
# A client of sessions.py that leaves what it is told unread: reader.py HOST PORT FLAG [HOST...]. Once the file FLAG exists it reads all, up to the end of the
# connection, and then tries to write. With several hosts it does so on each of them.
import os
import socket
import sys
import time

port, flag = int(sys.argv[2]), sys.argv[3]
sockets = [socket.create_connection((host, port)) for host in [sys.argv[1], *sys.argv[4:]]]
for number, connection in enumerate(sockets):
    connection.sendall(b'LOGIN reader%d\nADD 1 %d\n' % (number, number))
    while len(connection.recv(100, socket.MSG_PEEK)) < len(b'OK reader0\nSUM 1\n'):
        time.sleep(0.01)
print('held', flush=True)
while not os.path.exists(flag):
    time.sleep(0.01)
for connection in sockets:
    connection.settimeout(5)
    read = b''
    try:
        while more := connection.recv(4):
            read += more
        end = 'end'
    except OSError as e:
        end = type(e).__name__
    print('read', read.decode().split('\n'), end, flush=True)
    if end == 'end':
        try:
            while True:
                connection.sendall(b'ADD 2 2\n')
                time.sleep(0.01)
        except OSError as e:
            print('write', type(e).__name__, flush=True)
print('final read', flush=True)
