"""A line between a site and headquarters that fails as told: proxy.py LISTEN-PORT TO-PORT CONTROL-FILE
The control file holds "pass", "down" (connections are refused at once), or "cut N": each connection is cut after
N bytes that go up, or "back N": after N bytes that come down.
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
    limit = int(how[1]) if how[0] == "cut" else None
    down = int(how[1]) if how[0] == "back" else None
    threading.Thread(target=pump, args=(server, client, down), daemon=True).start()
    pump(client, server, limit)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(64)
print("ready", flush=True)
while True:
    connection, _ = listener.accept()
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
