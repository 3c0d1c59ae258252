#!/usr/bin/python3
"""Talk over a unix socket and a pipe between a job and a program outside of it.

serve PATH          gives everybody who connects the read end of a pipe, then answers each line on the socket, and once more in the pipe
ask PATH STEPS      connects, and compares both answers with what it has asked
plugin              HpcCr's plugin: claims both ends, and at a restart takes new ones of the server; config {"path": PATH, "claim": true}
"""
import json
import os
import socket
import sys
import threading
import time


def connect(path):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(path)
    _, files, _, _ = socket.recv_fds(peer, 1, 1)
    return peer, files[0]


def answer(peer):
    read, write = os.pipe()
    socket.send_fds(peer, [b'p'], [read])
    os.close(read)
    for line in peer.makefile('rb'):
        os.write(write, line)
        peer.sendall(b'heard ' + line)


def serve(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    print('ready', flush=True)
    while True:
        threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()


def ask(path, steps):
    peer, pipe = connect(path)
    said, piped = peer.makefile('rb'), os.fdopen(pipe, 'rb', buffering=0)
    for step in range(1, int(steps) + 1):
        line = b'%d\n' % step
        peer.sendall(line)
        got = said.readline(), piped.read(len(line))
        if got != (b'heard ' + line, line):
            sys.exit(f'step {step}: {got}')
        print('step', step, flush=True)
        time.sleep(0.02)
    print('final', steps, flush=True)


def plugin():
    config, new = {}, None
    for line in sys.stdin:
        told = json.loads(line)
        if 'hello' in told:
            config = told['hello']['config']
            print(json.dumps({'hello': {'api': 1, 'name': 'local', 'version': '1', 'events': ['quiesce', 'replace']}}), flush=True)
            continue
        said = {'id': told['id'], 'ok': True}
        if told['event'] == 'quiesce':
            said['ends'] = [end['id'] for end in told['ends'] if config['claim']]
        else:
            new = new or connect(config['path'])
            said['descriptor'] = new[1] if told['end']['id'].startswith('pipe') else new[0].fileno()
        print(json.dumps(said), flush=True)


{'serve': serve, 'ask': ask, 'plugin': plugin}[sys.argv[1]](*sys.argv[2:])
