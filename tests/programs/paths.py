#!/usr/bin/python3
# Holds, by a name below the folder DIR, things that an engine makes or changes by name: paths.py DIR KIND [KIND...]. Prints `held`, then `line N` at every
# step at which all of them still work, `broken KIND WHY` for one that does not, and `final paths` once the file DIR/../release exists.
#
#   ghost  a deleted file      other   a file with another name that has lost the one it was opened by
#   sock   a listening socket and a connection to it    gone  the same, its name deleted     name "x (deleted)"  a live file of that name
#   bound  as sock, which is not looked for by its name
#   fifo   a deleted FIFO      folder  a deleted folder   inner  a deleted file in a deleted folder   dead   /proc of a process that has ended
import os
import socket
import stat
import struct
import sys
import time

folder, kinds = os.path.abspath(sys.argv[1]), sys.argv[2:]
release = os.path.join(os.path.dirname(folder), 'release')
os.makedirs(folder, exist_ok=True)


def at(name):
    return os.path.join(folder, name)


def opened(name):
    return os.open(at(name), os.O_RDWR | os.O_CREAT, 0o600)


def regular(fd, links=None):
    # The length counts the steps.
    assert os.write(fd, b'x') == 1
    found = os.fstat(fd)
    assert found.st_nlink == (found.st_nlink if links is None else links) and found.st_uid == os.getuid(), found
    assert os.pread(fd, 1 << 20, 0) == b'x' * found.st_size


def ghost():
    fd = opened('ghost')
    os.unlink(at('ghost'))
    return lambda: regular(fd, 0)


def other():
    fd = opened('first')
    os.link(at('first'), at('second'))
    os.unlink(at('first'))
    return lambda: regular(fd)


def live():
    fd = opened('x (deleted)')
    return lambda: regular(fd, 1)


def inner():
    os.mkdir(at('in'))
    fd = opened('in/ner')
    os.unlink(at('in/ner'))
    os.rmdir(at('in'))
    return lambda: regular(fd, 0)


def owner(connection):
    # What the other side is told: who has made this end, or listens at it.
    return struct.unpack('3i', connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]


def listening(name, keep, by_name=True):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(at(name))
    os.chmod(at(name), 0o640)
    listener.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(at(name))
    server, _ = listener.accept()
    if not keep:
        os.unlink(at(name))

    def check():
        assert owner(client) == owner(server) == os.getuid(), (owner(client), owner(server))
        client.sendall(b'to')
        assert server.recv(2) == b'to'
        server.sendall(b'fro')
        assert client.recv(3) == b'fro'
        assert listener.getsockname() == at(name)
        if keep and by_name:
            found = os.stat(at(name))
            assert stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid() and found.st_mode & 0o777 == 0o640, found
            again = socket.socket(socket.AF_UNIX)
            again.connect(at(name))
            assert owner(again) == os.getuid(), owner(again)
            listener.accept()[0].close()
            again.close()
    return check


def dgram():
    receiver, sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(at('dgram'))
    sender.connect(at('dgram'))

    def check():
        sender.send(b'one')
        assert receiver.recv(10) == b'one'
    return check


def fifo():
    os.mkfifo(at('fifo'))
    fd = os.open(at('fifo'), os.O_RDWR)
    os.unlink(at('fifo'))

    def check():
        os.write(fd, b'pipe')
        assert os.read(fd, 10) == b'pipe'
    return check


def gone_folder():
    os.mkdir(at('dir'))
    fd = os.open(at('dir'), os.O_RDONLY | os.O_DIRECTORY)
    os.rmdir(at('dir'))
    return lambda: os.fstat(fd)


def dead():
    child = os.fork()
    if child == 0:
        time.sleep(0.2)
        os._exit(0)
    fds = [os.open('/proc/%d' % child, os.O_RDONLY | os.O_DIRECTORY), os.open('/proc/%d/status' % child, os.O_RDONLY)]
    os.waitpid(child, 0)
    return lambda: [os.fstat(fd) for fd in fds]


makers = {'bound': lambda: listening('sock', True, by_name=False), 'ghost': ghost, 'other': other, 'name': live, 'inner': inner, 'sock': lambda: listening('sock', True), 'gone': lambda: listening('gone', False),
          'dgram': dgram, 'fifo': fifo, 'folder': gone_folder, 'dead': dead}
held = {kind: makers[kind]() for kind in kinds}
print('held', flush=True)
line = 0
while not os.path.exists(release):
    for kind, check in held.items():
        try:
            check()
        except (OSError, AssertionError) as e:
            print('broken', kind, type(e).__name__, e, flush=True)
            sys.exit(3)
    print('line', line, flush=True)
    line += 1
    time.sleep(0.05)
print('final paths', flush=True)
