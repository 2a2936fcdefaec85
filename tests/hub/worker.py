"""nginx's part before a worker: one request over its socket, and how the worker ends it.

worker.py SOCKET METHOD PATH BODY [late]: BODY is a number of bytes; the end of the input comes with it, or not at all (late).
Prints the status, and "closed" where the worker took its side of the connection away with the answer, "open" where it still reads.
"""
import socket
import struct
import sys

BEGIN, PARAMS, STDIN = 1, 4, 5


def record(kind, content=b""):
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def pair(name, value):
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name.encode() + value.encode()


path, method, uri, size = sys.argv[1:5]
params = pair("REQUEST_METHOD", method) + pair("DOCUMENT_URI", uri) + pair("CONTENT_LENGTH", size if int(size) else "")
sent = record(BEGIN, struct.pack(">HB5x", 1, 0)) + record(PARAMS, params) + record(PARAMS)
for at in range(0, int(size), 8000):
    sent += record(STDIN, b"x" * min(8000, int(size) - at))
if len(sys.argv) < 6:
    sent += record(STDIN)

line = socket.socket(socket.AF_UNIX)
line.settimeout(20)
line.connect(path)
line.sendall(sent)
got = b""
while more := line.recv(65536):
    got += more
assert got[-16:-12] == struct.pack(">BBH", 1, 3, 1), got  # whole: FCGI_END_REQUEST
try:
    line.send(record(STDIN))
    how = "open"
except BrokenPipeError:
    how = "closed"
print(got.split(b"Status: ")[1][:3].decode(), how)
