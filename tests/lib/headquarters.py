"""A headquarters that does what sync/protocol.h says of join, head, journal and feed, and no more: for tests of the line alone.
usage: headquarters.py DIR PORT. Makes its root in DIR at the first start and keeps what it heard there. DIR/mode changes what it does:
"hang" answers nothing until that is over, "fault" says so, "revoked" too. Prints "ready CODE" when it listens."""
import base64, gzip, hashlib, http.server, json, os, ssl, subprocess, sys, threading, time

directory, port = sys.argv[1], int(sys.argv[2])
os.makedirs(directory, exist_ok=True)
os.chdir(directory)
lock = threading.Lock()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


def make(name, extensions, request=None):
    with lock:
        if request is None:
            request = openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key",
                              "-subj", "/CN=" + name)
        with open("extensions", "w") as f:
            f.write(extensions)
        return openssl("x509", "-req", "-days", "30", "-CA", "root.pem", "-CAkey", "root.key", "-extfile", "extensions", data=request).decode()


def first_start():
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "root.key", "-out", "root.pem",
            "-subj", "/CN=root", "-days", "30")
    for name, extensions in (("server", "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth"), ("hub_sign", ""), ("hub_encrypt", "")):
        with open(name + ".pem", "w") as f:
            f.write(make(name, extensions))
    with open("state", "w") as f:
        json.dump({"seq": 0, "hash": "", "rounds": 0}, f)


def load():
    with open("state") as f:
        return json.load(f)


def keep(state):
    with open("state.new", "w") as f:
        json.dump(state, f)
    os.replace("state.new", "state")


def mode():
    try:
        with open("mode") as f:
            return f.read().strip()
    except FileNotFoundError:
        return ""


def text(path):
    with open(path) as f:
        return f.read()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def say(self, status, body, kind="application/json"):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def site(self):
        peer = self.connection.getpeercert()
        return dict(x[0] for x in peer["subject"]).get("commonName") if peer else None

    def body(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        return json.loads(gzip.decompress(data) if self.headers.get("Content-Encoding") == "gzip" else data)

    def trouble(self):
        while mode() == "hang":
            time.sleep(0.05)
        if mode() in ("fault", "revoked"):
            self.say(503 if mode() == "fault" else 403, {"error": mode()})
        elif self.site() is None:
            self.say(403, {"error": "certificate"})
        else:
            return False
        return True

    def do_GET(self):
        if self.path == "/v1/root":
            return self.say(200, text("root.pem"), "application/x-pem-file")
        if self.trouble():
            return None
        with lock:
            state = load()
            if self.path.split("?")[0] == "/v1/head":
                return self.say(200, {"seq": state["seq"], "hash": state["hash"], "epoch": 0, "time": int(time.time())})
            if self.path.startswith("/v1/feed?after="):
                keep({**state, "rounds": state["rounds"] + 1})
                return self.say(200, {"items": [], "last": 0})
        return self.say(404, {"error": "unknown"})

    def do_POST(self):
        said = self.body()
        if self.path == "/v1/join":
            own = {k: make("site", "extendedKeyUsage=clientAuth" if k == "tls" else "", said[k].encode()) for k in ("tls", "sign", "encrypt")}
            return self.say(200, {"site": "110114-01", "kind": "counter", "hub": "总部", "certificates": own, "hub_sign": text("hub_sign.pem"),
                                  "hub_encrypt": text("hub_encrypt.pem")})
        if self.trouble():
            return None
        if self.path != "/v1/journal":
            return self.say(404, {"error": "unknown"})
        with lock:
            state = load()
            for entry in said["entries"]:
                if entry["seq"] == state["seq"] + 1:
                    state["seq"], state["hash"] = entry["seq"], entry["hash"]
            keep(state)
            signature = openssl("dgst", "-sha256", "-sign", "hub_sign.key", data=("%s %d %s" % (self.site(), state["seq"], state["hash"])).encode())
        return self.say(200, {"seq": state["seq"], "hash": state["hash"], "signature": base64.b64encode(signature).decode(), "refused": []})


if not os.path.exists("state"):
    first_start()
fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(text("root.pem"))).digest()[:16]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem", "server.key")
context.load_verify_locations("root.pem")
context.verify_mode = ssl.CERT_OPTIONAL


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, address):
        request.settimeout(60)
        with context.wrap_socket(request, server_side=True) as s:
            super().finish_request(s, address)

    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", port), Handler)
print("ready", base64.b32encode(b"0123456789" + fingerprint).decode().rstrip("="), flush=True)
server.serve_forever()
