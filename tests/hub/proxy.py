"""A line between a site and headquarters that fails as told: proxy.py LISTEN-PORT TO-PORT CONTROL-FILE
The control file holds "pass", "down" (connections are refused at once), or "cut N [M]": each connection is cut after N bytes that go up, or M
that come down ("-": any number). "back N" is "cut - N".
Prints "ready"."""
import socket
import sys
import threading


def control():
    with open(sys.argv[3]) as f:
        return f.read().split() or ["pass"]


def pump(source, sink, left):
    try:
        while left != 0:
            data = source.recv(65536 if left is None else min(65536, left))
            if not data:
                break
            sink.sendall(data)
            if left is not None:
                left -= len(data)
    except OSError:
        pass
    for s in (source, sink):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    how = control()
    if how[0] == "down":
        client.close()
        return
    try:
        server = socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=30)
    except OSError:
        client.close()
        return
    if how[0] == "back":
        how = ["cut", "-", how[1]]
    up, down = [None if n == "-" else int(n) for n in (how[1:] + ["-", "-"])[:2]] if how[0] == "cut" else (None, None)
    threading.Thread(target=pump, args=(server, client, down), daemon=True).start()
    pump(client, server, up)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(64)
print("ready", flush=True)
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
