#!/usr/bin/env python3
"""A small S3 store for tests: s3.py DIR CERT KEY MODE LOG REGION KEYID SECRETFILE BUCKET

Keeps objects as files under DIR, over TLS on a free port of the loopback, which it prints. The signature of every request (SigV4) is
computed here from the request as it came, and again by botocore; both must agree with it, else 403. The file MODE says, for each request
anew, how the store behaves:

  pass            as a store should
  status N [K]    answers N; K: the next K requests alone (counted down in the file)
  silent          says nothing until the mode is another
  drop [K]        closes the line without a word
  cut N [K]       sends N bytes of an object's content, then closes
  wrong           an object's last byte is another
  short, long     an object is a byte shorter, longer, and its length says so
  lie             says 200 to a PUT and keeps nothing
  whole           answers 200 and all of it whatever Range asks
  skew            takes no request: its clock is an hour on
  elsewhere       a redirect
"""
import hashlib
import hmac
import http.server
import os
import re
import ssl
import sys
import threading
import time
import urllib.parse
from datetime import datetime, timedelta, timezone

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ROOT, CERT, KEY, MODE, LOG, REGION, KEYID, SECRETFILE, BUCKET = sys.argv[1:]
SECRET = open(SECRETFILE).readline().rstrip("\n")
lock = threading.Lock()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def own_signature(method, path, query, headers, names, payload, stamp, scope):
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    canonical = "\n".join([
        method,
        urllib.parse.quote(urllib.parse.unquote(path), safe="/-_.~"),
        "&".join(urllib.parse.quote(k, safe="-_.~") + "=" + urllib.parse.quote(v, safe="-_.~") for k, v in pairs),
        "".join(f"{n}:{' '.join(headers[n].split())}\n" for n in names),
        ";".join(names),
        payload])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in scope.split("/"):
        key = mac(key, part)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def botocore_signature(method, url, headers, names, stamp):
    request = AWSRequest(method=method, url=url, headers={n: headers[n] for n in names})
    request.context["timestamp"] = stamp
    auth = S3SigV4Auth(Credentials(KEYID, SECRET), "s3", REGION)
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, what):
        with lock, open(LOG, "a") as f:
            f.write(f"{self.command} {self.path} {self.headers.get('Range', '-')} {what}\n")
        with lock, open(LOG + ".heads", "a") as f:
            f.write(f"{self.command} {self.path}\n{self.headers}\n")

    def refuse(self, status, code):
        body = f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self.note(f"{status} {code}")
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    def mode(self):
        with lock:
            words = open(MODE).read().split() or ["pass"]
            counted = {"status": 2, "cut": 2, "drop": 1}.get(words[0])
            if counted and len(words) > counted:
                left = int(words[counted]) - 1
                rest = words[:counted] + [str(left)] if left > 0 else ["pass"]
                with open(MODE + ".new", "w") as f:
                    f.write(" ".join(rest) + "\n")
                os.rename(MODE + ".new", MODE)
            return words

    def check(self):
        """What is wrong with the signature; None: nothing."""
        m = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/([^/]+)/s3/aws4_request), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})",
                         self.headers.get("Authorization", ""))
        if not m:
            return "MissingSecurityHeader"
        key, scope, region, names, signature = m.groups()
        names = names.split(";")
        headers = {n.lower(): v for n, v in self.headers.items()}
        stamp = headers.get("x-amz-date", "")
        payload = headers.get("x-amz-content-sha256", "")
        if key != KEYID:
            return "InvalidAccessKeyId"
        if region != REGION:
            return "AuthorizationHeaderMalformed"
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names) or names != sorted(names):
            return "AccessDenied"
        if not re.fullmatch(r"[0-9a-f]{64}", payload):
            return "InvalidRequest"
        when = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        now = datetime.now(timezone.utc) + timedelta(hours=1 if self.words[0] == "skew" else 0)
        if abs(now - when) > timedelta(minutes=15) or not scope.startswith(stamp[:8]):
            return "RequestTimeTooSkewed"
        path, _, query = self.path.partition("?")
        own = own_signature(self.command, path, query, headers, names, payload, stamp, scope)
        theirs = botocore_signature(self.command, f"https://{headers['host']}{self.path}", headers, names, stamp)
        if own != theirs:
            return "TheTwoComputationsDiffer"
        return None if hmac.compare_digest(own, signature) else "SignatureDoesNotMatch"

    def where(self):
        """(bucket, key)"""
        path = urllib.parse.unquote(self.path.partition("?")[0]).lstrip("/")
        host = self.headers.get("Host", "").partition(":")[0]
        if host.startswith(BUCKET + "."):
            return BUCKET, path
        bucket, _, key = path.partition("/")
        return bucket, key

    def handle_expect_100(self):
        return True  # said when the body is wanted

    def begin(self):
        """False: answered already."""
        self.words = self.mode()
        word = self.words[0]
        if word == "drop":
            self.note("drop")
            self.close_connection = True
            return False
        if word == "silent":
            self.note("silent")
            while open(MODE).read().split()[:1] == ["silent"]:
                time.sleep(0.05)
            self.close_connection = True
            return False
        if word == "elsewhere":
            self.note("307")
            self.send_response(307)
            self.send_header("Location", "https://localhost:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.close_connection = True
            return False
        wrong = self.check()
        if wrong:
            self.refuse(403, wrong)
            return False
        if word == "status":
            self.refuse(int(self.words[1]), {"403": "AccessDenied", "503": "SlowDown", "500": "InternalError"}.get(self.words[1], "Other"))
            return False
        bucket, self.key = self.where()
        if bucket != BUCKET:
            self.refuse(404, "NoSuchBucket")
            return False
        self.file = os.path.join(ROOT, urllib.parse.quote(self.key, safe="")) if self.key else None
        return True

    def say(self, status, headers=(), body=b""):
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self):
        if not self.begin():
            return
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) != length:
            return self.note("broken")
        if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
            return self.refuse(400, "XAmzContentSHA256Mismatch")
        if self.words[0] != "lie":
            with open(self.file + ".new", "wb") as f:
                f.write(body)
            os.rename(self.file + ".new", self.file)
        self.say(200, [("Content-Length", "0"), ("ETag", f'"{hashlib.md5(body).hexdigest()}"')])

    def do_DELETE(self):
        if self.begin():
            if os.path.exists(self.file):
                os.unlink(self.file)
            self.say(204)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        if not self.begin():
            return
        if not self.file:
            return self.list()
        if not os.path.exists(self.file):
            return self.refuse(404, "NoSuchKey")
        data = open(self.file, "rb").read()
        data = {"wrong": data[:-1] + bytes([data[-1] ^ 1]) if data else data, "short": data[:-1], "long": data + b"x"}.get(self.words[0], data)
        status, headers = 200, [("Accept-Ranges", "bytes"), ("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT"), ("ETag", '"x"')]
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked and self.words[0] != "whole":
            first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
            if first >= len(data):
                return self.refuse(416, "InvalidRange")
            headers.append(("Content-Range", f"bytes {first}-{last}/{len(data)}"))
            status, data = 206, data[first:last + 1]
        headers.append(("Content-Length", str(len(data))))
        if self.words[0] == "cut" and self.command == "GET":
            self.say(status, headers, data[:int(self.words[1])])
            self.close_connection = True
        else:
            self.say(status, headers, data)

    def list(self):
        query = urllib.parse.parse_qs(self.path.partition("?")[2])
        prefix = query.get("prefix", [""])[0]
        keys = sorted(k for k in map(urllib.parse.unquote, os.listdir(ROOT)) if k.startswith(prefix))
        rows = "".join(f"<Contents><Key>{k}</Key><Size>{os.path.getsize(os.path.join(ROOT, urllib.parse.quote(k, safe='')))}</Size></Contents>" for k in keys)
        body = f'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{BUCKET}</Name><KeyCount>{len(keys)}</KeyCount><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>'.encode()
        self.say(200, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))], body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, address):
        request.settimeout(60)
        super().finish_request(context.wrap_socket(request, server_side=True), address)

    def handle_error(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERT, KEY)
port = int(os.environ.get("S3_PORT", "0"))
server = Server(("127.0.0.1", port), Store)
print(server.server_address[1], flush=True)
server.serve_forever()
