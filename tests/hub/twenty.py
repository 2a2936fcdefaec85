"""Twenty sites and a review site against one headquarters, with faults by lot: see t_twenty.sh, which starts it.
usage: twenty.py WORK HUB-PORT PROXY-PORT SECONDS SEED SITES. Prints TAP. What it starts, it ends by its id."""
import concurrent.futures, glob, json, os, random, re, shutil, signal, sqlite3, subprocess, sys, threading, time

work, hub_port, proxy_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
seconds, seed, sites_wanted = float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6])
build = os.environ["CERTDESK_BUILD"]
os.environ["CERTDESK_SHARE"] = build + "/share"
hub_dir, pw = os.path.join(work, "hub"), os.path.join(work, "pw")
unit = json.load(open(os.path.join(os.path.dirname(__file__), "..", "unit", "rules", "new-unit.json")))
unit["key_role"] = "secondary"
json.dump(unit, open(os.path.join(work, "unit.json"), "w"))
number, deadline_for_all = 0, time.time() + seconds + 150


def report(name, good, why=""):
    global number
    number += 1
    print(("ok " if good else "not ok ") + "%d - %s" % (number, name), flush=True)
    if not good:
        print("# " + str(why)[:3000].replace("\n", "\n# "), flush=True)
    return good


def run(*command, ok=(0,)):
    p = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if ok is not None and p.returncode not in ok:
        raise RuntimeError("%s: status %d\n%s%s" % (" ".join(command[3:]), p.returncode, p.stdout.decode()[-600:], p.stderr.decode()[-600:]))
    return p


def hub(*command):
    return json.loads(run(build + "/certdesk-hub", "-C", hub_dir, "--json", *command).stdout or b"null")


class Site:
    def __init__(self, code, kind):
        self.code, self.kind, self.dir = code, kind, os.path.join(work, code)
        self.lock, self.dice = threading.Lock(), random.Random("%d %s" % (seed, code))
        self.copy, self.behind = None, False  # behind: its disk was rolled back, and it hasn't synced since
        self.acknowledged, self.counts, self.troubles = {}, {}, []

    def certdesk(self, *command, ok=(0,)):
        return run(build + "/certdesk", "-C", self.dir, "--json", *command, ok=ok)

    def json(self, *command):
        return json.loads(self.certdesk(*command).stdout or b"null")

    def make(self):
        first = ("--user", "root1", "--password-file", pw)
        who = ("rv1", "reviewer") if self.kind == "review" else ("op1", "operator")
        run(build + "/tests/fixture/site", self.dir, self.code, "受理点" + self.code, pw, ":".join(who + ("王" + who[0],)))
        self.certdesk(*first, "hub", "join", "https://localhost:%d" % proxy_port, "--code",
                      hub("enrol", self.code, "--kind", self.kind)["code"])
        self.certdesk("login", who[0], "--password-file", pw)
        return self

    def read(self, sql, *values):
        db = sqlite3.connect("file:%s/certdesk.db?mode=ro" % self.dir, uri=True, timeout=30)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def sync(self, times=1):
        """Status; 0 and 3 are what a bad line may give, anything else is a fault. Two at once now and then: as a screen and a timer."""
        twin = None
        if times == 2:
            twin = threading.Thread(target=lambda: self.certdesk("sync", "--once", ok=None))
            twin.start()
        p = self.certdesk("sync", "--once", ok=None)
        if twin:
            twin.join()
        self.count("sync %d" % p.returncode)
        if p.returncode not in (0, 3):
            self.troubles.append("sync: %d %s" % (p.returncode, p.stderr.decode().strip()))
        seq = self.read("SELECT acknowledged FROM sync_state")[0][0]
        self.acknowledged.update(self.read("SELECT seq, hash FROM journal WHERE seq <= ?", seq))
        if p.returncode == 0:
            self.behind = False
        return p

    def order(self):
        no = self.json("order", "new", "new-unit", "--data", work + "/unit.json")["order"]
        for d in self.json("order", "show", no)["documents"]:
            if d["required"]:
                self.certdesk("attach", no, d["kind"], work + "/scans/%d.png" % self.dice.randrange(8))
        self.certdesk("sign", no, "--send")
        newest = max(glob.glob(self.dir + "/outbox/sms/*"), key=lambda f: (os.stat(f).st_mtime_ns, f))
        code = re.search("验证码[^0-9]*([0-9]{6})", open(newest).read()).group(1)
        self.certdesk("sign", no, "--code", code)
        self.certdesk("pay", no, "--method", "cash", "--receipt", "R" + no, "--amount", str(self.json("order", "show", no)["due"]))
        self.count("order")

    def roll_back(self):
        shutil.rmtree(self.dir)
        shutil.copytree(self.copy, self.dir)
        self.behind = True
        self.count("roll-back")

    def keep_copy(self):
        self.copy = os.path.join(work, "copy-" + self.code)
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.dir, self.copy)

    def review(self):
        for row in self.json("review", "list")[:4]:
            what = self.dice.choice(("approve", "approve", "return", "reject"))
            self.certdesk("review", "claim", row["order"])
            if self.dice.random() < 0.1:
                continue  # it stays with the reviewer
            self.certdesk("review", what, row["order"], *(() if what == "approve" else ("--reason", "材料不清楚")))
            self.count(what)

    def act(self):
        """One thing by lot. A disk that was rolled back syncs before it signs anything again: else there are two histories."""
        roll = self.dice.random()
        if self.behind and roll < 0.2:  # no step: a draft gets a number that is somebody else's
            self.json("order", "new", "new-unit", "--data", work + "/unit.json")
        elif self.behind or roll < 0.45:
            self.sync(2 if roll < 0.05 else 1)
        elif self.kind == "review":
            self.review()
        elif roll < 0.85:
            self.order()
        elif roll < 0.93 or not self.copy:
            self.keep_copy()
        else:
            self.roll_back()


class Headquarters:
    def __init__(self):
        self.process, self.killed = None, 0

    def start(self):
        self.log = open(work + "/serve.log", "ab")
        self.process = subprocess.Popen([build + "/certdesk-hub", "-C", hub_dir, "serve", "--workers", "4"], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        end = time.time() + 30
        while time.time() < end and self.process.poll() is None:
            if hub("status")["serving"]:
                return
            time.sleep(0.05)  # until the state that is waited for
        raise RuntimeError("headquarters does not serve: " + open(work + "/serve.log").read()[-1500:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.killed += 1

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            return self.process.wait(30)
        return 0


def line(how):
    with open(work + "/line.new", "w") as f:
        f.write(how)
    os.rename(work + "/line.new", work + "/line")


def disturb(hq, stop, troubles):
    dice = random.Random("%d line" % seed)
    try:
        while not stop.is_set():
            roll = dice.random()
            cut = lambda: str(int(10 ** dice.uniform(0, 4.6)))
            if roll < 0.35:
                line("pass")
            elif roll < 0.45:
                line("down")
            elif roll < 0.65:
                line("cut %s -" % cut())
            elif roll < 0.85:
                line("cut - %s" % cut())  # done there, and the answer is lost: it is sent again
            else:
                hq.kill()
                hq.start()
            stop.wait(dice.uniform(0.1, 1.2))
    except Exception as e:
        troubles.append("headquarters: %r" % e)


def working(sites, stop, dice):
    while not stop.is_set():
        site = dice.choice(sites)
        if site.lock.acquire(blocking=False):
            try:
                site.act()
            except Exception as e:
                site.troubles.append(repr(e))
            finally:
                site.lock.release()


def settle(sites):
    """Rounds until nothing moves any more; the reviewers decide nothing now."""
    for n in range(12):
        moved = []
        for site in sites:
            p = site.sync()
            said = json.loads(p.stdout) if p.returncode == 0 else {}
            if p.returncode or any(said[k] for k in ("sent", "received", "custody_given", "files_sent", "backlog")):
                moved.append("%s: %d %s %s" % (site.code, p.returncode, said, p.stderr.decode()))
        if not moved or time.time() > deadline_for_all:
            return moved
    return moved


def check(sites):
    db = sqlite3.connect("file:%s/hub.db?mode=ro" % hub_dir, uri=True, timeout=30)
    heads = dict(db.execute("SELECT e.site, e.hash FROM entry e WHERE e.seq = (SELECT max(seq) FROM entry f WHERE f.site = e.site)"))
    held = dict(db.execute("SELECT order_no, custodian FROM custody"))
    wrong = {name: [] for name in ("heads", "entries", "files", "custody", "refused")}
    holders = {}
    for s in sites:
        if s.read("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1")[0][0] != heads.get(s.code):
            wrong["heads"].append(s.code)
        there = db.execute("SELECT seq, hash FROM entry WHERE site = ?", (s.code,)).fetchall()
        if len(there) != len(dict(there)) or not set(s.acknowledged.items()) <= set(there):
            wrong["entries"].append(s.code)
        whole = {d for d, in db.execute("SELECT digest FROM file WHERE site = ? AND whole = 1", (s.code,))}
        for file, digest, home in s.read("SELECT d.file, d.digest, f.site FROM document d LEFT JOIN foreign_record f "
                                         "ON f.kind = 'orders' AND f.local = d.order_id"):
            if not home and digest not in whole or not os.path.exists("%s/files/%s/%s" % (s.dir, file[:2], file[2:])):
                wrong["files"].append("%s %s" % (s.code, file))
        for no, custodian, home in s.read("SELECT o.no, o.custodian, f.site FROM orders o LEFT JOIN foreign_record f "
                                          "ON f.kind = 'orders' AND f.local = o.id"):
            if custodian == s.code:
                holders.setdefault(no, []).append(s.code)
            if (custodian == s.code) != (held.get(no, home or s.code) == s.code):
                wrong["custody"].append("%s %s: %s, headquarters says %s" % (s.code, no, custodian, held.get(no)))
            elif not home:
                holders.setdefault(no, [])
        refused = db.execute("SELECT seq, refused FROM entry WHERE site = ? AND refused <> ''", (s.code,)).fetchall()
        wrong["refused"] += ["%s %r" % (s.code, r) for r in refused] + s.read("SELECT * FROM custody_refusal")
    wrong["custody"] += ["%s is held by %r" % kv for kv in holders.items() if len(kv[1]) != 1]
    db.close()
    report("all heads are equal", not wrong["heads"], wrong["heads"])
    report("every acknowledged entry is there once", not wrong["entries"], wrong["entries"])
    report("every file is there", not wrong["files"], wrong["files"])
    report("every order (%d) has one custodian, the same on both sides" % len(holders), len(holders) > 0 and not wrong["custody"], wrong["custody"])
    report("nothing that a site may do was refused", not wrong["refused"], wrong["refused"])


def verify(site):
    p = site.certdesk("--user", "au1", "--password-file", pw, "audit", "verify", ok=None)
    return "" if p.returncode == 0 else "%s: %d %s" % (site.code, p.returncode, p.stderr.decode())


def main():
    hq, stop, troubles = Headquarters(), threading.Event(), []
    sites = [Site("1101%02d-01" % n, "counter") for n in range(1, sites_wanted + 1)] + [Site("000000-R1", "review")]
    line("pass")
    hq.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            list(pool.map(Site.make, sites))
            report("%d sites and a review site have joined" % sites_wanted, True)
            threads = [threading.Thread(target=working, args=(sites[:-1], stop, random.Random("%d hand %d" % (seed, n)))) for n in range(3)]
            threads.append(threading.Thread(target=working, args=(sites[-1:], stop, random.Random())))
            threads.append(threading.Thread(target=disturb, args=(hq, stop, troubles)))
            for t in threads:
                t.start()
            stop.wait(seconds)
            stop.set()
            for t in threads:
                t.join()
            line("pass")
            if hq.process.poll() is not None:
                hq.start()
            counts = {}
            for s in sites:
                for k, n in s.counts.items():
                    counts[k] = counts.get(k, 0) + n
                troubles += ["%s %s" % (s.code, t) for t in s.troubles]
            print("# %s, headquarters killed %d times" % (json.dumps(counts, ensure_ascii=False, sort_keys=True), hq.killed))
            report("nothing but the line failed", not troubles, "\n".join(troubles))
            left = settle(sites)
            report("in the end nothing is left to move", not left, "\n".join(left))
            check(sites)
            for s in sites:
                s.certdesk("--user", "root1", "--password-file", pw, "staff", "add", "au1", "--name", "审计", "--role", "auditor", "--password-file", pw)
            bad = [b for b in pool.map(verify, sites) if b]
            report("every journal verifies", not bad, "\n".join(bad))
            p = run(build + "/certdesk-hub", "-C", hub_dir, "verify", ok=None)
            report("headquarters verifies", p.returncode == 0, p.stderr.decode())
    except Exception as e:
        report("to the end", False, repr(e))
    finally:
        stop.set()
        report("SIGTERM ends headquarters", hq.stop() == 0)


main()
print("1..%d" % number)
