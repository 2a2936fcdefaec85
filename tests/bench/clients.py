"""What tests/bench/headquarters asks headquarters with.
clients.py scan FILE                               a picture of 150 KB that nothing can make smaller
clients.py count LISTEN-PORT TO-PORT FILE          a line that adds to FILE how many bytes went up, a connection a line; prints "ready"
clients.py watch HUB-DB REVIEW COUNTER ORDER       prints "ready"; when the decision is at the counter: "latency MS MS"
clients.py sites PORT ROOT DIR SECONDS             every DIR/SITE.pem polls its feed each second and posts a body of SITE.bodies each ten"""
import asyncio
import os
import pathlib
import socket
import sqlite3
import ssl
import struct
import sys
import threading
import time
import zlib


def scan(path):
    side = 224
    rows = b"".join(b"\0" + os.urandom(side * 3) for _ in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
                + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pump(source, sink, path):
    try:
        while data := source.recv(65536):
            if path:
                with open(path, "a") as f:
                    f.write(f"{len(data)}\n")
            sink.sendall(data)
    except OSError:
        pass
    for s in (source, sink):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def count(listen, to, path):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(listen)))
    listener.listen(64)
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        server = socket.create_connection(("127.0.0.1", int(to)))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=pump, args=(server, client, None), daemon=True).start()
        threading.Thread(target=pump, args=(client, server, path), daemon=True).start()


def store(directory):
    return sqlite3.connect(f"file:{next(pathlib.Path(directory).glob('*.db'))}?mode=ro", uri=True, timeout=5)


def until(look):
    limit = time.monotonic() + 60
    while not look():
        if time.monotonic() > limit:
            sys.exit("watch: it didn't come")
        time.sleep(0.004)
    return time.monotonic()


def watch(hub, review, counter, order):
    at_hub, at_review, at_counter = sqlite3.connect(f"file:{hub}?mode=ro", uri=True, timeout=5), store(review), store(counter)

    def is_now(db, where, values):
        return lambda: db.execute(where, values).fetchone() is not None

    approved = "SELECT 1 FROM orders WHERE no = ? AND status = 'approved'"
    print("ready", flush=True)
    decided = until(is_now(at_review, approved, (order,)))
    committed = until(is_now(at_hub, "SELECT 1 FROM feed WHERE kind = 'custody' AND order_no = ? AND site = '110114-01'", (order,)))
    there = until(is_now(at_counter, approved, (order,)))
    print(f"latency {(there - committed) * 1000:.0f} {(there - decided) * 1000:.0f}", flush=True)


async def one_site(pem, port, root, seconds, begin, index, times, errors):
    context = ssl.create_default_context(cafile=root)
    context.load_cert_chain(pem)
    bodies = pem.with_suffix(".bodies").read_bytes().splitlines()
    await asyncio.sleep(index % 500 * 0.02)
    reader, writer = await asyncio.open_connection("localhost", port, ssl=context)

    async def ask(head, body=b""):
        started = time.monotonic()
        writer.write(head + b"Host: localhost\r\n\r\n" + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        await reader.readexactly(length)
        if started >= begin:
            times.append(time.monotonic() - started)
            if head.split(b" ", 2)[1] != b"200":
                errors.append(head.split(b"\r\n", 1)[0].decode())

    offset = index * 0.618 % 1
    await asyncio.sleep(max(0, begin - 2 + offset - time.monotonic()))
    for second in range(-2, seconds):
        await asyncio.sleep(max(0, begin + second + offset - time.monotonic()))
        await ask(b"GET /v1/feed?after=0 HTTP/1.1\r\n")
        if (second + index) % 10 == 0 and bodies:
            body = bodies.pop(0)
            await ask(f"POST /v1/journal HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n".encode(), body)
    writer.close()


async def sites(port, root, directory, seconds):
    times, errors = [], []
    pems = sorted(pathlib.Path(directory).glob("*.pem"))
    begin = time.monotonic() + 16
    found = await asyncio.gather(*(one_site(p, int(port), root, int(seconds), begin, i, times, errors) for i, p in enumerate(pems)),
                                 return_exceptions=True)
    errors += [repr(f) for f in found if f is not None]
    for e in sorted(set(errors))[:5]:
        print(e, file=sys.stderr)
    times.sort()
    n = len(times)
    print(f"{n / int(seconds):.1f} {len(errors)} {times[n // 2] * 1000:.1f} {times[min(n - 1, n * 99 // 100)] * 1000:.1f}")


if __name__ == "__main__":
    piece = {"scan": scan, "count": count, "watch": watch}.get(sys.argv[1])
    if piece:
        piece(*sys.argv[2:])
    else:
        asyncio.run(sites(*sys.argv[2:]))
