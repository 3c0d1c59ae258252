#!/usr/bin/python3
# A client of Redis that speaks RESP3: redisclient.py HOST PORT STEPS USER PASSWORD. As redisclient.c, with a map for an answer in each step.
import os
import socket
import sys
import time

host, port, steps, user, password = sys.argv[1:]
key, hold = os.environ.get('KEY', 'python'), os.environ.get('HOLD')
connection = socket.create_connection((host, int(port)))
stream = connection.makefile('rb')


def ask(*words):
    connection.sendall(b'*%d\r\n' % len(words) + b''.join(b'$%d\r\n%s\r\n' % (len(str(w)), str(w).encode()) for w in words))


def answer():
    line = stream.readline().decode().rstrip('\r\n')
    if not line:
        sys.exit('the connection has ended')
    kind, rest = line[0], line[1:]
    if kind in '+:':
        return rest
    if kind in '$=':
        return stream.read(int(rest) + 2)[:-2].decode()
    if kind == '%':
        return {answer(): answer() for _ in range(int(rest))}
    if kind in '*~':
        return [answer() for _ in range(int(rest))]
    sys.exit('unexpected: ' + line)


ask('HELLO', 3, 'AUTH', user, password, 'SETNAME', key)
answer()
ask('SELECT', 2)
assert answer() == 'OK'
step = 0
while step < int(steps) or (hold and os.path.exists(hold)):
    step += 1
    ask('HSET', key, 'step', step)
    ask('HINCRBY', key, 'sum', step)
    ask('HGETALL', key)
    time.sleep(0.02)
    answer()
    total = answer()
    found = answer()
    if found != {'step': str(step), 'sum': str(step * (step + 1) // 2)}:
        sys.exit('step %d: %s' % (step, found))
    print(key, 'step', step, flush=True)
ask('CLIENT', 'INFO')
print(key, 'session', answer().strip())
print(key, 'final right', flush=True)
