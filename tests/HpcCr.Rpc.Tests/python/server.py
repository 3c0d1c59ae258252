"""The independent gRPC implementation as server of the Interop service.

Usage: server.py GENERATED_DIR unix:PATH [--max-receive BYTES] [--compress]
Prints "ready" when it serves, and ends when its standard input does.
"""
import binascii
import sys
import threading
from concurrent import futures

sys.path.insert(0, sys.argv[1])
import grpc  # noqa: E402
import interop_pb2 as pb  # noqa: E402
import interop_pb2_grpc as rpc  # noqa: E402

CODES = {code.value[0]: code for code in grpc.StatusCode}


class Interop(rpc.InteropServicer):
    def __init__(self):
        self._gate = threading.Condition()
        self._cancelled = set()

    def Echo(self, request, context):
        return request

    def Count(self, request, context):
        for number in range(1, request.number + 1):
            yield pb.Packet(number=number, text=request.text, payload=request.payload)

    def Sum(self, requests, context):
        packets = list(requests)
        return pb.Packet(number=sum(p.number for p in packets), text="".join(p.text for p in packets))

    def Chat(self, requests, context):
        for packet in requests:
            yield packet

    def Fail(self, request, context):
        if request.after_headers:
            context.send_initial_metadata((("first", "yes"),))
        context.set_trailing_metadata(
            tuple(request.trailers.items()) + tuple(request.binary_trailers.items()))
        context.abort(CODES[request.code], request.detail)

    def Hang(self, request, context):
        self._hang(request, context)
        return pb.Nothing()

    def HangStream(self, request, context):
        # First: a generator is not resumed once its call is cancelled.
        context.add_callback(lambda: self._over(request.text))
        yield request
        self._hang(request, context)

    def AwaitCancelled(self, request, context):
        with self._gate:
            if not self._gate.wait_for(lambda: request.text in self._cancelled, timeout=30):
                context.abort(grpc.StatusCode.NOT_FOUND, "never cancelled")
        return request

    def Headers(self, request, context):
        lines = []
        for key, value in context.invocation_metadata():
            lines.append("%s=%s" % (key, binascii.hexlify(value).decode() if key.endswith("-bin") else value))
        return pb.Packet(text="\n".join(lines) + "\n")

    def Crash(self, request, context):
        raise ValueError("a failure of the handler")

    def _hang(self, request, context):
        over = threading.Event()
        if context.add_callback(over.set):
            over.wait(60)
        self._over(request.text)

    def _over(self, name):
        with self._gate:
            self._cancelled.add(name)
            self._gate.notify_all()


def main():
    arguments = sys.argv[3:]
    options = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20),
               # A C-core server takes our pings for an attack otherwise; ours allows them.
               ("grpc.http2.min_ping_interval_without_data_ms", 500), ("grpc.http2.min_recv_ping_interval_without_data_ms", 500),
               ("grpc.http2.max_ping_strikes", 0)]
    if "--max-receive" in arguments:
        options[0] = (options[0][0], int(arguments[arguments.index("--max-receive") + 1]))
    compression = grpc.Compression.Gzip if "--compress" in arguments else None
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64), options=options, compression=compression)
    rpc.add_InteropServicer_to_server(Interop(), server)
    server.add_insecure_port(sys.argv[2])
    server.start()
    print("ready", flush=True)
    sys.stdin.read()
    server.stop(0).wait()


main()
