"""A payment provider for tests, on loopback: speaks Alipay's OpenAPI v2, signs with keys of its own, checks ours with openssl, and keeps to
nothing where it is told to. usage: alipay.py DIR

Makes in DIR: merchant.key (0600), alipay.pub, root.pem, and certdesk.yaml's lines in `yaml`; then prints "ready PORT". Ends when standard
input does. DIR/scan/* : a file whose text is a code is a customer who pays it. DIR/faults: words, one for each request to come:
  ok, refuse (a business error), busy (20000), system (ACQ.SYSTEM_ERROR), setup (an unsigned error_response), garbage, cut (nothing is
  said), act-cut (it is done, and nothing is said), unsigned (signed by another), other (about another trade), amount (a fen too
  much), slow (a second), pending (a refund is taken, but not made), scan (the customer pays right behind the answer).
DIR/log: "METHOD NUMBER FAULT" for each request. DIR/said: the fields and the answer of each that went well, for alipay-oracle.cjs."""
import base64, http.server, json, os, secrets, ssl, subprocess, sys, threading, time, urllib.parse

directory = sys.argv[1]
at = lambda name: os.path.join(directory, name)
lock = threading.Lock()
trades, refunds = {}, {}  # by our number: {code, amount, state, trade_no}; by request number: {trade_no, amount, done}


def openssl(*words, **more):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, **more).stdout


def make_keys():
    for name in "merchant", "alipay", "stranger":
        openssl("genrsa", "-out", at(name + ".key"), "2048")
        os.chmod(at(name + ".key"), 0o600)
        open(at(name + ".pub"), "wb").write(openssl("pkey", "-in", at(name + ".key"), "-pubout"))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at("tls.key"), "-out", at("root.pem"),
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2")


def sign(text, key="alipay"):
    return base64.b64encode(openssl("dgst", "-sha256", "-sign", at(key + ".key"), input=text.encode())).decode()


def signed_by_merchant(fields):
    text = "&".join("%s=%s" % (k, fields[k]) for k in sorted(fields) if k != "sign")
    name = at("signature.%d" % threading.get_ident())
    open(name, "wb").write(base64.b64decode(fields["sign"], validate=True))
    try:
        openssl("dgst", "-sha256", "-verify", at("merchant.pub"), "-signature", name, input=text.encode())
        return True
    except subprocess.CalledProcessError:
        return False
    finally:
        os.unlink(name)


def fault():
    try:
        words = open(at("faults")).read().split()
    except FileNotFoundError:
        return "ok"
    if not words:
        return "ok"
    open(at("faults"), "w").write("\n".join(words[1:]) + "\n")
    return words[0]


def pay(trade):
    if trade["state"] == "WAIT_BUYER_PAY":
        trade["state"], trade["trade_no"] = "TRADE_SUCCESS", time.strftime("%Y%m%d22001") + "%015d" % secrets.randbelow(10**15)


def scan():
    for name in (n for n in os.listdir(at("scan")) if "." not in n):  # those that are written whole
        code = open(os.path.join(at("scan"), name)).read().strip()
        for trade in trades.values():
            if trade["code"] == code:
                pay(trade)
                os.unlink(os.path.join(at("scan"), name))


def good(**more):
    return {"code": "10000", "msg": "Success", **more}


def bad(sub, text):
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub, "sub_msg": text}


def precreate(q, word):
    number = q["out_trade_no"]
    if number in trades and trades[number]["trade_no"]:
        return bad("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    trades.setdefault(number, {"number": number, "code": "https://qr.alipay.com/bax" + secrets.token_hex(11), "amount": q["total_amount"], "state": "WAIT_BUYER_PAY",
                               "trade_no": ""})
    return good(out_trade_no=number, qr_code=trades[number]["code"])


def query(q, word):
    trade = trades.get(q["out_trade_no"])
    if not trade or (not trade["trade_no"] and trade["state"] != "TRADE_CLOSED"):  # there is none before somebody scans it
        return bad("ACQ.TRADE_NOT_EXIST", "交易不存在")
    amount = trade["amount"] if word != "amount" else "%.2f" % (float(trade["amount"]) + 0.01)
    return good(out_trade_no=q["out_trade_no"], trade_no=trade["trade_no"], trade_status=trade["state"], total_amount=amount,
                buyer_logon_id="159****5620")


def cancel(q, word):
    trade = trades.setdefault(q["out_trade_no"], {"number": q["out_trade_no"], "code": "", "amount": "0.00", "state": "", "trade_no": ""})
    action = "refund" if trade["state"] == "TRADE_SUCCESS" else "close"
    trade["state"] = "TRADE_CLOSED"
    return good(out_trade_no=q["out_trade_no"], trade_no=trade["trade_no"], retry_flag="N", action=action)


def refund(q, word):
    trade = next((t for t in trades.values() if t["trade_no"] == q["trade_no"]), None)
    if not trade:
        return bad("ACQ.TRADE_NOT_EXIST", "交易不存在")
    before = sum(float(r["amount"]) for n, r in refunds.items() if r["trade_no"] == q["trade_no"] and n != q["out_request_no"])
    if before + float(q["refund_amount"]) > float(trade["amount"]) + 0.001:
        return bad("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
    new = q["out_request_no"] not in refunds or not refunds[q["out_request_no"]]["done"]
    refunds[q["out_request_no"]] = {"trade_no": q["trade_no"], "amount": q["refund_amount"], "done": word != "pending"}
    return good(trade_no=q["trade_no"], out_trade_no=trade["number"], fund_change="Y" if new and word != "pending" else "N",
                refund_fee=q["refund_amount"])


def refund_query(q, word):
    made = refunds.get(q["out_request_no"])
    if not made or not made["done"]:
        return good()
    return good(trade_no=made["trade_no"], out_request_no=q["out_request_no"], refund_amount=made["amount"], refund_status="REFUND_SUCCESS")


methods = {"alipay.trade.precreate": precreate, "alipay.trade.query": query, "alipay.trade.cancel": cancel, "alipay.trade.refund": refund,
           "alipay.trade.fastpay.refund.query": refund_query}


def answer(fields):
    """The text to be sent, or None for a broken line."""
    word, q, method = fault(), json.loads(fields["biz_content"]), fields["method"]
    open(at("log"), "a").write("%s %s %s\n" % (method, q.get("out_request_no") or q.get("out_trade_no"), word))
    scan()
    if not signed_by_merchant(fields):
        word = "setup"
    if word == "setup":
        return json.dumps({"error_response": {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-signature", "sub_msg": "验签出错"}})
    if word == "slow":
        time.sleep(1)
    if word == "cut":
        return None
    if word == "garbage":
        return '{"' + method.replace(".", "_") + '_response":{"code":"10000"'
    content = bad("ACQ.ACCESS_FORBIDDEN", "无权限使用接口") if word == "refuse" else {"code": "20000", "msg": "Service Currently Unavailable"} if word == "busy" \
        else bad("ACQ.SYSTEM_ERROR", "系统错误") if word == "system" else methods[method](q, word)
    if word == "other":
        content["out_trade_no"] = "somebody_elses"
    if word == "act-cut":
        return None
    text = json.dumps(content, ensure_ascii=False).replace("/", "\\/")  # as theirs do
    out = '{"%s_response":%s,"sign":"%s"}' % (method.replace(".", "_"), text, sign(text, "stranger" if word == "unsigned" else "alipay"))
    if word == "scan":
        pay(trades[q["out_trade_no"]])
    if word == "ok":
        open(at("said"), "a").write(json.dumps({"fields": fields, "answer": out}) + "\n")
    return out


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with lock:
            fields = dict(urllib.parse.parse_qsl(body, strict_parsing=True) + urllib.parse.parse_qsl(self.path.split("?")[1], strict_parsing=True))
            text = answer(fields)
        if text is None:
            self.close_connection = True
            self.connection.close()
            return
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html;charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words):
        pass


os.makedirs(at("scan"), exist_ok=True)
make_keys()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.handle_error = lambda *words: None  # a client that has gone
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(at("root.pem"), at("tls.key"))
server.socket = context.wrap_socket(server.socket, server_side=True)
port = server.server_address[1]
open(at("yaml"), "w").write("".join("%s: '%s'\n" % pair for pair in (
    ("alipay_app_id", "2021000000000001"), ("alipay_key", at("merchant.key")), ("alipay_public_key", at("alipay.pub")),
    ("alipay_gateway", "https://localhost:%d/gateway.do" % port), ("alipay_root", at("root.pem")))))
threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", port, flush=True)
sys.stdin.read()
