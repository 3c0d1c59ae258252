"""The independent gRPC implementation as client of the Interop service: one case a run.

Usage: client.py GENERATED_DIR unix:PATH CASE
Prints "passed" and exits 0, or says what is wrong.
"""
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])
import grpc  # noqa: E402
import interop_pb2 as pb  # noqa: E402
import interop_pb2_grpc as rpc  # noqa: E402

PATIENCE = 30
MEBIBYTE = 1 << 20


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def error_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def unary(stub, _):
    reply = stub.Echo(pb.Packet(text="grüße", number=-5, payload=b"\0\1\xff"), timeout=PATIENCE)
    expect(reply == pb.Packet(text="grüße", number=-5, payload=b"\0\1\xff"), reply)


def empty(stub, _):
    expect(stub.Echo(pb.Packet(), timeout=PATIENCE) == pb.Packet(), "not empty")
    expect(list(stub.Chat(iter([]), timeout=PATIENCE)) == [], "the empty stream has messages")
    expect(stub.Sum(iter([]), timeout=PATIENCE) == pb.Packet(), "the empty sum is not empty")


def large(stub, _):
    for size in (MEBIBYTE, 5 * MEBIBYTE + 3, 15 * MEBIBYTE):
        payload = os.urandom(size)
        expect(stub.Echo(pb.Packet(payload=payload), timeout=PATIENCE).payload == payload, size)


def server_stream(stub, _):
    replies = list(stub.Count(pb.Packet(number=1000, text="x"), timeout=PATIENCE))
    expect([r.number for r in replies] == list(range(1, 1001)), "numbers")


def client_stream(stub, _):
    reply = stub.Sum((pb.Packet(number=n, text="ab"[n % 2]) for n in range(1000)), timeout=PATIENCE)
    expect(reply.number == 499500 and reply.text == "ab" * 500, reply)


def duplex(stub, _):
    """Each packet is sent only after the echo of the one before has come."""
    echoed = threading.Semaphore(1)

    def packets():
        for number in range(100):
            expect(echoed.acquire(timeout=PATIENCE), "no echo of %d" % number)
            yield pb.Packet(number=number)

    numbers = []
    for reply in stub.Chat(packets(), timeout=PATIENCE):
        numbers.append(reply.number)
        echoed.release()
    expect(numbers == list(range(100)), numbers)


def error(stub, _):
    for after_headers in (False, True):
        request = pb.Failure(code=9, detail="nœud n17: 100 % voll\n☃", trailers={"reason": "frozen", "node": "n17"},
                             binary_trailers={"proof-bin": bytes(range(256))}, after_headers=after_headers)
        failure = error_of(lambda: stub.Fail(request, timeout=PATIENCE))
        trailers = dict(failure.trailing_metadata())
        expect(failure.code() == grpc.StatusCode.FAILED_PRECONDITION, failure)
        expect(failure.details() == request.detail, repr(failure.details()))
        expect(trailers["reason"] == "frozen" and trailers["node"] == "n17", trailers)
        expect(trailers["proof-bin"] == bytes(range(256)), trailers)
        if after_headers:
            expect(dict(failure.initial_metadata())["first"] == "yes", failure.initial_metadata())


def metadata(stub, _):
    sent = (("job", "j1"), ("epoch", "12"), ("token-bin", b"\0\xfe\xff"), ("twice", "a"), ("twice", "b"))
    lines = stub.Headers(pb.Nothing(), metadata=sent, timeout=PATIENCE).text.splitlines()
    for line in ("job=j1", "epoch=12", "token-bin=00feff", "twice=a", "twice=b", "peer=%d,%d,%d" % (os.getpid(), os.geteuid(), os.getegid())):
        expect(line in lines, (line, lines))
    expect(not any(line.startswith(("grpc-", "te=", "content-type", ":")) for line in lines), lines)


def deadline(stub, _):
    failure = error_of(lambda: stub.Hang(pb.Packet(text="deadline"), timeout=0.2))
    expect(failure.code() == grpc.StatusCode.DEADLINE_EXCEEDED, failure)
    stub.AwaitCancelled(pb.Packet(text="deadline"), timeout=PATIENCE)


def cancel(stub, _):
    call = stub.HangStream(pb.Packet(text="cancel"))
    expect(next(call).text == "cancel", "the first packet")
    call.cancel()
    expect(error_of(lambda: next(call)).code() == grpc.StatusCode.CANCELLED, "not cancelled")
    stub.AwaitCancelled(pb.Packet(text="cancel"), timeout=PATIENCE)


def lost(stub, _):
    """The caller's process vanishes in the middle of a call; the test looks at the server for it."""
    call = stub.HangStream(pb.Packet(text="lost"))
    expect(next(call).text == "lost", "the first packet")
    print("passed", flush=True)
    os._exit(0)


def too_long(stub, _):
    failure = error_of(lambda: stub.Echo(pb.Packet(payload=bytes(17 * MEBIBYTE)), timeout=PATIENCE))
    expect(failure.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, failure)
    expect(stub.Echo(pb.Packet(number=1), timeout=PATIENCE).number == 1, "the connection is of no more use")


def unimplemented(stub, channel):
    expect(error_of(lambda: stub.Missing(pb.Nothing(), timeout=PATIENCE)).code() == grpc.StatusCode.UNIMPLEMENTED, "Missing")
    for path in ("/hpccr.rpc.test.Interop/Nowhere", "/no.such.Service/Method"):
        failure = error_of(lambda: channel.unary_unary(path)(b"", timeout=PATIENCE))
        expect(failure.code() == grpc.StatusCode.UNIMPLEMENTED, (path, failure))


def crash(stub, _):
    failure = error_of(lambda: stub.Crash(pb.Nothing(), timeout=PATIENCE))
    expect(failure.code() == grpc.StatusCode.UNKNOWN, failure)
    expect("secret" not in failure.details() and "at " not in failure.details(), failure.details())


def compressed(stub, _):
    packet = pb.Packet(text="x" * 10000)
    failure = error_of(lambda: stub.Echo(packet, compression=grpc.Compression.Gzip, timeout=PATIENCE))
    expect(failure.code() == grpc.StatusCode.UNIMPLEMENTED, failure)


def garbage(stub, channel):
    """Well framed, and no protobuf message."""
    failure = error_of(lambda: channel.unary_unary("/hpccr.rpc.test.Interop/Echo")(b"\xff\xff\xff\xff", timeout=PATIENCE))
    expect(failure.code() == grpc.StatusCode.INTERNAL, failure)
    expect(stub.Echo(pb.Packet(number=1), timeout=PATIENCE).number == 1, "the connection is of no more use")


def many(stub, _):
    calls = [stub.Echo.future(pb.Packet(number=n, payload=bytes(n)), timeout=PATIENCE) for n in range(1500)]
    expect([call.result().number for call in calls] == list(range(1500)), "numbers")


CASES = {f.__name__: f for f in (unary, empty, large, server_stream, client_stream, duplex, error, metadata, deadline, cancel, lost,
                                 too_long, unimplemented, crash, compressed, garbage, many)}

with grpc.insecure_channel(sys.argv[2], options=[("grpc.max_send_message_length", 64 << 20),
                                                 ("grpc.max_receive_message_length", 64 << 20)]) as opened:
    CASES[sys.argv[3]](rpc.InteropStub(opened), opened)
print("passed")
