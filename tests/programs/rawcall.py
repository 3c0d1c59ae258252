#!/usr/bin/python3
"""Calls the coordinator as a program of an attacker's own would, past what `hpccr` checks. Prints one line per call: its status and its text.

rawcall.py SOCKET run --name N --ckpt-dir D [--limit RESOURCE:SOFT:HARD]... [--environment BYTES] [--times T] [--node NODE] -- COMMAND...
"""
import argparse
import os

import grpc

HIGHEST = (1 << 64) - 1


def varint(number):
    data = b""
    while number >= 0x80:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def text(number, value):
    data = value if isinstance(value, bytes) else value.encode()
    return varint(number << 3 | 2) + varint(len(data)) + data


def integer(number, value):
    return varint(number << 3) + varint(value)


def limit(words):
    resource, soft, hard = (HIGHEST if word == "unlimited" else int(word) for word in words.split(":"))
    return text(6, integer(1, resource) + integer(2, soft) + integer(3, hard))


def request(options, name):
    spec = text(1, name) + b"".join(text(2, word) for word in options.command)
    spec += text(3, text(1, "PATH") + text(2, os.environ.get("PATH", "/usr/bin:/bin")))
    left = options.environment
    while left > 0:
        size = min(left, 100_000)
        spec += text(3, text(1, "FILL%d" % left) + text(2, "x" * size))
        left -= size
    spec += text(4, options.ckpt_dir) + integer(5, 0o22) + b"".join(limit(words) for words in options.limit)
    if options.node:
        spec += text(7, options.node)
    return text(1, spec + text(8, options.ckpt_dir))


parser = argparse.ArgumentParser()
parser.add_argument("socket")
parser.add_argument("call", choices=["run"])
parser.add_argument("--name", required=True)
parser.add_argument("--ckpt-dir", required=True)
parser.add_argument("--limit", action="append", default=[])
parser.add_argument("--environment", type=int, default=0)
parser.add_argument("--times", type=int, default=1)
parser.add_argument("--node")
parser.add_argument("command", nargs="+")
options = parser.parse_args()

sizes = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
with grpc.insecure_channel("unix:" + options.socket, options=sizes) as channel:
    call = channel.unary_unary("/hpccr.v1.Coordinator/Run", request_serializer=lambda data: data, response_deserializer=lambda data: data)
    for turn in range(options.times):
        try:
            call(request(options, "%s-%d" % (options.name, turn)), timeout=60)
            print("OK", flush=True)
        except grpc.RpcError as error:
            print(error.code().name, error.details()[:300], flush=True)
