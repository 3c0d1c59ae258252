#!/usr/bin/env python3
"""Tells which copy of a job writes: lives.py FILE [NODE...]

Appends a line to FILE every 20 ms, "SANDBOX LIFE NUMBER NANOSECONDS". LIFE is the inode of the pid namespace: a copy of the job that was
restored has another one than the copy that was checkpointed, though both have the same memory. The file is opened for each line, so that
it is nothing that a restart puts back. On every NODE the same is started through the job's remote-start agent.
"""
import os
import subprocess
import sys
import time

path, nodes = sys.argv[1], sys.argv[2:]
for node in nodes:
    subprocess.run([os.environ["OMPI_MCA_plm_rsh_agent"], node, sys.executable, os.path.abspath(__file__), path], check=True)
sandbox = os.environ["HPCCR_NODE"]
number = 0
while True:
    number += 1
    line = f"{sandbox} {os.readlink('/proc/self/ns/pid')[5:-1]} {number} {time.time_ns()}\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(file, line.encode())
    os.close(file)
    if number % 10 == 1:
        print(f"step {number}", flush=True)
    time.sleep(0.02)
