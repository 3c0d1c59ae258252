#!/usr/bin/python3
# kernelstate.py FLAG KIND: brings something inside the kernel into a state, prints "held", waits until the file FLAG exists, and prints what it then finds,
# last a line "final ...". Without a checkpoint in between it prints the same.
import ctypes
import fcntl
import mmap
import os
import pty
import resource
import select
import signal
import socket
import struct
import sys
import termios
import threading
import time
import tty

flag, kind = sys.argv[1:3]
libc = ctypes.CDLL(None, use_errno=True)


def held():
    print('held', flush=True)
    while not os.path.exists(flag):
        time.sleep(0.02)


def tell(text):
    print(text, flush=True)


def events(descriptor, milliseconds, mask=select.POLLIN):
    poll = select.poll()
    poll.register(descriptor, mask)
    return [name for _, found in poll.poll(milliseconds) for name in ('POLLIN', 'POLLHUP', 'POLLERR') if found & getattr(select, name)]


def read(descriptor, milliseconds=2000):
    """What can be read: bytes, 'nothing' or the error's name."""
    if not events(descriptor, milliseconds):
        return 'nothing'
    try:
        return os.read(descriptor, 4096)
    except OSError as e:
        return e.strerror


def periodic_timer():
    """A periodic timer that has expired, nobody having read that."""
    TFD_NONBLOCK = 0o4000
    timer = libc.timerfd_create(int(sys.argv[3]), TFD_NONBLOCK)
    interval = struct.pack('qqqq', 0, 200_000_000, 0, 100_000_000)
    if libc.timerfd_settime(timer, 0, interval, None) != 0:
        raise OSError(ctypes.get_errno(), 'timerfd_settime')
    events(timer, 5000)
    held()
    first = struct.unpack('Q', os.read(timer, 8))[0]
    tell('the first read has ' + ('expiries' if first > 0 else 'none'))
    for _ in range(3):
        tell(f'then {events(timer, 5000)} {struct.unpack("Q", os.read(timer, 8))[0] > 0}')


def expired_timer():
    """A timer that fires once and has done so."""
    timer = libc.timerfd_create(1, 0o4000)
    if libc.timerfd_settime(timer, 0, struct.pack('qqqq', 0, 0, 0, 100_000_000), None) != 0:
        raise OSError(ctypes.get_errno(), 'timerfd_settime')
    events(timer, 5000)
    held()
    tell(f'{struct.unpack("Q", os.read(timer, 8))[0]} expiry, then {events(timer, 500)}')


def fifo_without_writer():
    """A FIFO opened for reading without a writer: no event until there has been one."""
    path = os.path.join(os.environ.get('TMPDIR', '/tmp'), f'kernelstate.{os.getpid()}')
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    tell(f'before: {events(reader, 0)}')
    held()
    tell(f'after: {events(reader, 300)}')
    writer = os.open(path, os.O_WRONLY)
    os.write(writer, b'a line\n')
    os.close(writer)
    tell(f'then: {events(reader, 300)} {os.read(reader, 100)} {events(reader, 300)}')
    os.unlink(path)


def fifo_whose_writer_left():
    """A FIFO whose writer has been there and left: end of file."""
    path = os.path.join(os.environ.get('TMPDIR', '/tmp'), f'kernelstate.{os.getpid()}')
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(path, os.O_WRONLY)
    os.write(writer, b'a line\n')
    os.close(writer)
    held()
    tell(f'{events(reader, 300)} {os.read(reader, 100)} {events(reader, 300)} {os.read(reader, 100)}')
    os.unlink(path)


def closed_terminal():
    """A terminal whose program has written and left."""
    master, slave = pty.openpty()
    os.write(slave, b'first\nlast\n')
    os.close(slave)
    if sys.argv[3] == 'read':
        read(master)
    held()
    tell(f'{read(master)}')
    tell(f'{read(master)}')


def terminal_output():
    """A terminal with output that nobody has read."""
    master, slave = pty.openpty()
    os.write(slave, b'one\ntwo\n')
    held()
    tell(f'{read(master)} {read(master, 200)}')
    os.write(slave, b'three\n')
    tell(f'{read(master)}')


def terminal_input():
    """A terminal with input that its program has not read: two whole lines, one ended by ^D, and a beginning."""
    master, slave = pty.openpty()
    if sys.argv[3] == 'raw':
        tty.setraw(slave)
    if sys.argv[3] == 'quiet':
        mode = termios.tcgetattr(slave)
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(slave, termios.TCSANOW, mode)
    os.write(master, b'one\ntwo\nby itself\x04begun')
    read(master, 200)
    held()
    for _ in range(4):
        tell(f'input {read(slave, 300)}')
    os.write(master, b'\x7f\x7fan\n')
    tell(f'then {read(slave, 300)}')
    tell(f'echo {read(master, 300)}')


def terminal_for_writing():
    """A terminal that its program has opened for writing alone."""
    master, slave = pty.openpty()
    only = os.open(os.ttyname(slave), os.O_WRONLY | os.O_NOCTTY)
    os.close(slave)
    held()
    os.write(only, b'one\n')
    tell(f'{read(master)}')


def multicast_interface():
    """The interface that multicast leaves by, its time to live, and whether it comes back."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('127.0.0.1'))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 7)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex('lo'))
    six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 9)
    held()
    tell(socket.inet_ntoa(sender.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4)))
    tell(f'{sender.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL)} {sender.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP)}')
    tell(f'{six.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF) == socket.if_nametoindex("lo")} '
         f'{six.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS)}')


def multicast_member():
    """A member of a multicast group."""
    member = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    member.bind(('', 0))
    member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton('239.1.2.3') + socket.inet_aton('127.0.0.1'))
    held()
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('127.0.0.1'))
    sender.sendto(b'to the group', ('239.1.2.3', member.getsockname()[1]))
    tell(f'{read(member.fileno())}')


def unconnected_timers():
    """SO_KEEPALIVE and TCP_USER_TIMEOUT of sockets that are not connected."""
    fresh, bound, listener = (socket.socket() for _ in range(3))
    for number, one in enumerate((fresh, bound, listener)):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 7000 + number)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 70 + number)
    bound.bind(('127.0.0.1', 0))
    listener.bind(('127.0.0.1', 0))
    listener.listen()
    held()
    for one in (fresh, bound, listener):
        tell(' '.join(str(one.getsockopt(level, option)) for level, option in (
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE))))


def raw_socket():
    """A raw socket of protocol TCP."""
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    if len(sys.argv) > 3:
        raw.connect(('127.0.0.1', int(sys.argv[3])))
    held()
    tell(f'{raw.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_RAW} {raw.getsockopt(socket.SOL_SOCKET, 38)}')
    with socket.socket() as listener, socket.socket() as client:
        listener.bind(('127.0.0.1', 0))
        listener.listen()
        client.connect(listener.getsockname())
    tell(f'{len(raw.recv(1500)) > 20}')


def inherited_lock():
    """A lock that a child has set on a descriptor which it has from its parent."""
    path = os.path.join(os.environ.get('TMPDIR', '/tmp'), f'kernelstate.{os.getpid()}')
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    os.write(file, b'x' * 100)
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        fcntl.lockf(file, fcntl.LOCK_EX, 10, 20)
        os.write(tells, b'!')
        while True:
            time.sleep(60)
    os.read(told, 1)
    held()
    asked = struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)
    kind_, _, start, length, owner = struct.unpack('hhqqi4x', fcntl.fcntl(file, fcntl.F_GETLK, asked))
    tell(f'{kind_ == fcntl.F_WRLCK} {start} {length} the child: {owner == child}')
    os.kill(child, 9)
    os.waitpid(child, 0)
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    tell('free')
    os.unlink(path)


def not_accepted():
    """A unix connection with data in it that nobody has accepted yet."""
    path = os.path.join(os.environ.get('TMPDIR', '/tmp'), f'kernelstate.{os.getpid()}')
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    if sys.argv[3] == 'data':
        client.sendall(b'hello')
    held()
    accepted, _ = listener.accept()
    client.sendall(b', world')
    tell(f'{accepted.recv(100)}')
    os.unlink(path)


def cpu_limit():
    """A limit of processor time, half of it used."""
    over = []
    signal.signal(signal.SIGXCPU, lambda *_: over.append(True))
    resource.setrlimit(resource.RLIMIT_CPU, (4, 40))

    def burn(until):
        began = time.process_time()
        while not until():
            sum(range(10000))
        return time.process_time() - began

    used = burn(lambda: time.process_time() > 2.1)
    held()
    used += burn(lambda: over)
    tell(f'signalled after four seconds: {abs(used - 4) < 1.2}')


def semaphores():
    """A set of SysV semaphores."""
    sets = libc.semget(0x4d11, 1, 0o600 | 0o1000)
    libc.semctl(sets, 0, 16, 3)
    held()
    tell(f'{libc.semctl(sets, 0, 12)}')
    libc.semctl(sets, 0, 0)


def proc_of_thread():
    """Files in /proc of another thread, opened by it and by a child."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    path = f'/proc/{os.getpid()}/task/{thread.native_id}/comm'
    told, tells = os.pipe()
    answer, answers = os.pipe()
    if os.fork() == 0:
        with open(path) as comm:
            os.write(tells, b'!')
            os.read(answer, 1)
            os.write(tells, comm.read().encode())
        os._exit(0)
    os.read(told, 1)
    with open(f'/proc/self/task/{thread.native_id}/comm') as comm:
        held()
        tell(comm.read().strip())
    os.write(answers, b'!')
    tell(os.read(told, 100).decode().strip())
    stop.set()


def huge_pages():
    """Four huge pages of 2 MiB."""
    memory = mmap.mmap(-1, 4 << 21, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)
    memory[:] = bytes(range(256)) * (len(memory) // 256)
    held()
    tell(f'{memory[:] == bytes(range(256)) * (len(memory) // 256)}')


KINDS = [periodic_timer, expired_timer, fifo_without_writer, fifo_whose_writer_left, closed_terminal, terminal_output, terminal_input, terminal_for_writing, multicast_interface,
        
         multicast_member, unconnected_timers, raw_socket, inherited_lock, not_accepted,
         cpu_limit, semaphores, proc_of_thread, huge_pages]
next(function for function in KINDS if function.__name__ == kind)()
tell(f'final {kind}')
