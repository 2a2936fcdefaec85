"""Headquarters as a client must survive it. usage: hostile.py DIR: DIR holds root.pem and for each identity NAME.pem (with its key).
Prints one line "NAME PORT …" when all listen; ends when standard input does."""
import gzip, hashlib, json, os, re, socket, ssl, sys, threading, time, zlib

directory = sys.argv[1]
FILE = hashlib.shake_256(b"a file").digest(300000)
connections = 0


def head(status, *fields):
    return ("HTTP/1.1 %s\r\n" % status + "".join(f + "\r\n" for f in fields) + "\r\n").encode()


def whole(body, *fields, status="200 OK"):
    return head(status, "Content-Length: %d" % len(body), *fields) + body


def forever(s, piece, first=b"", wait=0.0):
    s.sendall(first)
    while True:
        s.sendall(piece)
        time.sleep(wait)


class Gone(Exception):
    pass


class Reader:
    def __init__(self, s):
        self.s, self.data = s, b""

    def more(self):
        d = self.s.recv(65536)
        if not d:
            raise Gone
        self.data += d

    def until(self, mark):
        while mark not in self.data:
            self.more()
        out, self.data = self.data.split(mark, 1)
        return out

    def exactly(self, n):
        while len(self.data) < n:
            self.more()
        out, self.data = self.data[:n], self.data[n:]
        return out

    def request(self):
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        fields = {k.lower(): v.strip() for k, v in (l.split(":", 1) for l in lines[1:])}
        return method, path, fields


def answer(s, r, number, cut):
    method, path, fields = r.request()
    length = int(fields.get("content-length", "0"))
    if path == "/early":
        s.sendall(whole(b'{"error":"size"}', "Connection: close", status="413 Too Large"))
        s.shutdown(socket.SHUT_WR)
        while r.s.recv(65536):
            pass
        raise Gone
    body = r.exactly(length)
    if path == "/v1/root":
        s.sendall(whole(open(directory + "/root.pem", "rb").read()))
    elif path.startswith("/echo"):
        plain = gzip.decompress(body) if fields.get("content-encoding") == "gzip" else body
        peer = s.getpeercert()
        said = {"method": method, "path": path, "fields": fields, "sent": length, "length": len(plain), "connection": number,
                "digest": hashlib.sha256(plain).hexdigest(),
                "peer": dict(x[0] for x in peer["subject"]).get("commonName") if peer else None}
        s.sendall(whole(b"" if method == "HEAD" else json.dumps(said).encode(), "Upload-Offset: 12", "Upload-Length: 345"))
    elif path == "/compressed":
        s.sendall(whole(gzip.compress(FILE), "Content-Encoding: gzip"))
    elif path.startswith("/compressed-"):
        s.sendall(whole(gzip.compress(b"a" * int(path[12:])), "Content-Encoding: gzip"))
    elif path == "/endless":
        forever(s, b"10000\r\n" + b"x" * 65536 + b"\r\n", head("200 OK", "Transfer-Encoding: chunked"))
    elif path == "/endless-headers":
        forever(s, b"X-More: and more\r\n", b"HTTP/1.1 200 OK\r\n")
    elif path == "/endless-header":
        forever(s, b"x" * 4096, b"HTTP/1.1 200 OK\r\nX-More: ")
    elif path == "/endless-continue":
        forever(s, head("100 Continue"))
    elif path == "/slow":
        forever(s, b"x", head("200 OK", "Content-Length: 100000"), 0.1)
    elif path == "/slow-headers":
        forever(s, b"x", b"HTTP/1.1 200 OK\r\nX-More: ", 0.1)
    elif path == "/silent":
        while r.s.recv(1):
            pass
    elif path == "/short":
        s.sendall(head("200 OK", "Content-Length: 1000") + b"ten bytes.")
        s.unwrap()
        raise Gone
    elif path == "/cut":
        s.sendall(head("200 OK", "Content-Length: %d" % len(FILE)) + FILE[:100000])
        cut()
        raise Gone
    elif path == "/cut-chunk":
        s.sendall(head("200 OK", "Transfer-Encoding: chunked") + b"1000\r\nabc")
        cut()
        raise Gone
    elif path == "/cut-open":
        s.sendall(head("200 OK", "Connection: close") + b"half of a bod")
        cut()
        raise Gone
    elif path == "/cut-at-once":
        cut()
        raise Gone
    elif path == "/longer":
        s.sendall(whole(b"hello") + b"and more than was said")
    elif path == "/garbage":
        s.sendall(hashlib.shake_256(b"garbage").digest(5000))
        raise Gone
    elif path == "/old":
        s.sendall(b"hello without any header")
        raise Gone
    elif path == "/two-lengths":
        s.sendall(head("200 OK", "Content-Length: 5", "Content-Length: 7") + b"hello")
        raise Gone
    elif path == "/negative":
        s.sendall(head("200 OK", "Content-Length: -5") + b"hello")
        raise Gone
    elif path == "/bad-chunk":
        s.sendall(head("200 OK", "Transfer-Encoding: chunked") + b"zzzz\r\nhello\r\n")
        raise Gone
    elif path == "/status-999":
        s.sendall(whole(b"hello", status="999 What"))
    elif path == "/bomb":
        c = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = b"".join(c.compress(b"\0" * (1 << 20)) for _ in range(64)) + c.flush()
        s.sendall(whole(data, "Content-Encoding: gzip"))
    elif path == "/bad-gzip":
        s.sendall(whole(b"\x1f\x8b\x08\x00" + b"no gzip" * 50, "Content-Encoding: gzip"))
    elif path == "/cut-gzip":
        s.sendall(whole(gzip.compress(FILE)[:1000], "Content-Encoding: gzip"))
    elif path == "/two-gzips":
        s.sendall(whole(gzip.compress(FILE[:1000]) + gzip.compress(FILE), "Content-Encoding: gzip"))
    elif path == "/brotli":
        s.sendall(whole(b"\x0b\x02\x80hello\x03", "Content-Encoding: br"))
    elif path == "/many-encodings":
        s.sendall(whole(b"hello", "Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip"))
    elif path == "/redirect":
        s.sendall(whole(b"", "Location: /echo", status="302 Found"))
    elif path == "/downgrade":
        s.sendall(whole(b"", "Location: http://localhost:1/", status="302 Found"))
    elif path == "/long-error":
        s.sendall(whole(b"e" * 1000000, status="500 Fault"))
    elif path == "/error":
        s.sendall(whole(b'{"error":"fault"}', status="503 Fault"))
    elif path == "/hang-up-later":
        s.sendall(whole(b"hello"))
        raise Gone
    elif path == "/hang-up-at-the-next":
        s.sendall(whole(b"hello"))
        r.s.recv(1)
        cut()
        raise Gone
    elif path == "/bad-numbers":
        s.sendall(whole(b"hello", "Upload-Offset: -7", "Upload-Length: 99999999999999999999999"))
    elif path in ("/file", "/file-whole", "/file-other", "/file-cut", "/file-gzip"):
        m = re.match(r"bytes=(\d+)-$", fields.get("range", ""))
        at = int(m.group(1)) if m and path != "/file-whole" else 0
        say = at + 1 if path == "/file-other" else at
        part = ["Content-Range: bytes %d-%d/%d" % (say, len(FILE) - 1, len(FILE))] if m and path != "/file-whole" else []
        if path == "/file-gzip":
            part.append("Content-Encoding: gzip")
        out = whole(FILE[at:], *part, status="206 Partial" if m and path != "/file-whole" else "200 OK")
        s.sendall(out[:len(out) // 2] if path == "/file-cut" else out)
        if path == "/file-cut":
            cut()
            raise Gone
    elif method == "PUT":
        s.sendall(head("201 Created", "Upload-Offset: %d" % (int(fields.get("upload-offset", 0)) + len(body)),
                       "X-Digest: " + hashlib.sha256(body).hexdigest(), "Content-Length: 0"))
    else:
        s.sendall(whole(b'{"error":"unknown"}', status="404 Not Found"))


def serve(plain, context):
    global connections
    try:
        plain.settimeout(60)
        s = context.wrap_socket(plain, server_side=True) if context else plain

        def cut():  # no goodbye: neither TLS's nor TCP's
            raw = socket.socket(fileno=os.dup(s.fileno()))
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            raw.close()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            s.close()
        if not context:
            plain.recv(1000)
            plain.sendall(whole(b"this is no TLS"))
            plain.close()
            return
        connections += 1
        number, r = connections, Reader(s)
        while True:
            answer(s, r, number, cut)
    except (Gone, OSError, ValueError):
        pass
    finally:
        for one in (locals().get("s"), plain):
            try:
                one.close()
            except (OSError, AttributeError):
                pass


def listen(name, context, silent=False):
    s = socket.create_server(("127.0.0.1", 0), backlog=50)

    def run():
        kept = []
        while True:
            c, _ = s.accept()
            if silent:
                kept.append(c)
            else:
                threading.Thread(target=serve, args=(c, context), daemon=True).start()
    threading.Thread(target=run, daemon=True).start()
    return "%s %d" % (name, s.getsockname()[1])


def context(identity, demand=ssl.CERT_OPTIONAL):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(directory + "/" + identity + ".pem")
    c.load_verify_locations(directory + "/root.pem")
    c.verify_mode = demand
    return c


old = context("good")
old.set_ciphers("ALL:@SECLEVEL=0")
old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
gone = socket.create_server(("127.0.0.1", 0))
nobody = gone.getsockname()[1]
gone.close()
print(*[listen(n, context(n)) for n in ("good", "other-root", "other-host", "expired", "future", "no-server")],
      listen("demands", context("good", ssl.CERT_REQUIRED)), listen("old", old), listen("plain", None), listen("mute", None, True),
      "nobody %d" % nobody, flush=True)
sys.stdin.read()
