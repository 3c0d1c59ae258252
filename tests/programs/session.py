#!/usr/bin/python3
# Clients of sessions.py that add up: session.py HOST PORT STEPS [CONNECTIONS] [NAME]. Each of the connections adds 1 to STEPS, the server doing the sums, two
# requests under way at once. It writes a line for each step and `final TOTAL`; where a connection ends, `ended READ` with what could be read
# before, and then whether what is written goes anywhere. It goes on beyond STEPS while the file HOLD of the environment exists.
import os
import socket
import sys
import time

host, port, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
count = int(sys.argv[4]) if len(sys.argv) > 4 else 1
name = sys.argv[5] if len(sys.argv) > 5 else 'job'
hold = os.environ.get('HOLD')


class Ended(Exception):
    pass


class Session:
    def __init__(self, number):
        self.socket = socket.create_connection((host, port))
        self.unread = b''
        self.total = 0
        self.ask('LOGIN %s%d' % (name, number))
        assert self.answer() == 'OK %s%d' % (name, number)

    def ask(self, line):
        self.socket.sendall(line.encode() + b'\n')

    def answer(self):
        while b'\n' not in self.unread:
            more = self.socket.recv(4096)
            if not more:
                raise Ended(self.unread)
            self.unread += more
        line, self.unread = self.unread.split(b'\n', 1)
        return line.decode()


def run():
    sessions = [Session(number) for number in range(count)]
    print('connected', *sessions[0].socket.getsockname()[:2], flush=True)
    step = 0
    while step < steps or (hold and os.path.exists(hold)):
        step += 1
        for session in sessions:
            session.ask('ADD %d %d' % (session.total, step))
            session.ask('ADD %d %d' % (step, step))
        for session in sessions:
            session.total += step
            for wanted in (session.total, 2 * step):
                answer = session.answer()
                if answer != 'SUM %d' % wanted:
                    sys.exit('step %d: SUM %d was expected, not %s' % (step, wanted, answer))
        print('step', step, flush=True)
        time.sleep(0.01)
    print('final', sum(session.total - sum(range(steps + 1, step + 1)) for session in sessions), flush=True)


try:
    run()
except (Ended, OSError) as e:
    print('ended', e.args, flush=True)
