#!/usr/bin/python3
# A server that knows its clients: sessions.py [HOST] [PORT]. Whoever has not said who they are is told so and cut off. It is told in lines, and tells in lines:
#   LOGIN NAME -> OK NAME     ADD A B -> SUM A+B     LATER MS A B -> (after so long) SUM A+B     PUSH BYTES -> so many bytes of 'x' and a line's end
# It writes `listening PORT PID`, then what happens, a line for each event.
import asyncio
import os
import sys


async def serve(reader, writer):
    name = None
    peer = '%s:%d' % writer.get_extra_info('peername')[:2]
    try:
        while line := (await reader.readline()).decode().split():
            if line[0] == 'LOGIN':
                name = line[1]
                answer = 'OK ' + name
                print('login', name, 'from', peer, flush=True)
            elif name is None:
                print('unknown', peer, line[0], flush=True)
                writer.write(b'ERR who are you\n')
                break
            elif line[0] == 'PUSH':
                answer = 'x' * int(line[1])
            else:
                if line[0] == 'LATER':
                    await asyncio.sleep(int(line.pop(1)) / 1000)
                answer = 'SUM %d' % (int(line[1]) + int(line[2]))
            writer.write((answer + '\n').encode())
            await writer.drain()
    except OSError as e:
        print('failed', name, peer, e.strerror, flush=True)
    print('closed', name, peer, flush=True)
    writer.close()


async def main():
    host, port = (sys.argv[1:] + ['0.0.0.0', '0'][len(sys.argv) - 1:])[:2]
    server = await asyncio.start_server(serve, host, int(port), backlog=500)
    print('listening', server.sockets[0].getsockname()[1], os.getpid(), flush=True)
    await server.serve_forever()


asyncio.run(main())
