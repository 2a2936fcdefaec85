/* What a site and headquarters say to each other: HTTPS with mutual TLS, version 1. Shared by src/sync and src/hub.
 *
 * The site is the one that its TLS certificate names (CN), never what a body says. Bodies are JSON unless it says otherwise,
 * those of journal and feed compressed (Content-Encoding: gzip) where they are over a kilobyte. Digests are "sha256:" and hex,
 * binary values base64, certificates and requests PEM, times UTC seconds. An answer other than 2xx is
 * {"error": NAME, …}; names are the SAY_* below. Unknown members are ignored: versions N-2 to N understand each other.
 *
 *   GET  /v1/root                 the hub's root certificate, PEM. Nobody proves anything by it: the enrolment code does.
 *   POST /v1/join                 without a client certificate: {"code", "name", "program", "tls", "sign", "encrypt"} (requests).
 *                                 200 {"site", "kind", "hub", "certificates": {"tls", "sign", "encrypt"}, "hub_sign",
 *                                 "hub_encrypt"}: the names are certificates; the last two are the hub's own. 403 "code"; 429 "slow"
 *                                 (with "retry", seconds) after five wrong codes from this address within a minute. Sent again with the same code and keys
 *                                 (the answer was lost): answered again, until one of the certificates was used.
 *   POST /v1/renew                {"tls", "sign", "encrypt"} (requests of new pairs; sign may be null): as join, without "site".
 *   GET  /v1/head?feed=N          N: up to where the site has had its feed (may be missing). {"seq", "hash", "epoch", "time", "raw"}: the newest entry of the site that the hub has (0, "", 0), and its clock; "raw"
 *                                 is true: it takes journals in the form of sync/raw.h. 503 "older" where nothing was given out with so high a
 *                                 number, here and of the feed: headquarters is an older copy, and waits until that is declared.
 *   POST /v1/journal              {"program", "entries": [{"seq", "entry", "hash", "signature", "states": [{"kind", "record",
 *                                 "version", "dk", "body"}]}], "keys": [{"dk", "cms"}], "gone": [digest, …]}. `entry` is the entry's text itself.
 *                                 `keys` holds every data key that is first used in these entries, as CMS (sync/envelope.h) to
 *                                 the hub's encryption certificate under the giver's number. Files that entries name are sent before them; `gone` are those that the site has no more
 *                                 (a document that was exchanged while the line was down): the hub doesn't ask for them.
 *                                 200 {"seq", "hash", "signature", "refused": [{"seq", "why"}]}: the acknowledged head, signed after the
 *                                 hub's commit (over "SITE SEQ HASH", ECDSA P-256 with SHA-256). Sent again: acknowledged again.
 *                                 In the form of sync/raw.h `entry`, `signature`, `body` and `cms` may be numbers: the texts' bytes are taken first, then
 *                                 entry by entry its signature's and its states', then the keys', and none is left.
 *                                 409 "gap" with "expected"; 409 "fork" with "seq"; 409 "files" with "missing": [digest];
 *                                 409 "newer" with "seq" and "why": the entry is a newer program's, and has an action or a table that this
 *                                 headquarters doesn't know; what stands before it is taken, and it waits with what comes behind it.
 *                                 422 "broken" with "seq" and "why" (chain, signature, digest of a state): nothing is taken.
 *   GET  /v1/journal?after=N      the site's own entries back, at most PAGE_ENTRIES: {"entries": as posted, "keys": [{"dk", "cms"}] with CMS
 *                                 to the site's encryption certificate under its own numbers, "more"}: for a disk that was rolled back.
 *   GET  /v1/feed?after=N         {"items": [{"n", "kind", "body", "signature"}], "last"}: at most PAGE_ITEMS, from the first
 *                                 number after N; the signature is over "SITE N KIND " and the body's text. `body` is a string: JSON text.
 *                                 What was fetched up to N is done with: the hub forgets bodies of custody items once acknowledged
 *                                 by the journal entry that took them.
 *   POST /v1/ca/issue             {"key": 16 to 64 letters, digits, "-", "_", "order": NO, "item": its number at the site, "profile", "request" (PEM),
 *                                 "not_before", "not_after"}: a certificate by headquarters' authority. The site has posted the entry with
 *                                 its ca_request before. 200 {"certificate"}; the same key and the same request: the same certificate again. 409 "key": the
 *                                 key stands for another request; 409 "void": the site has given it up; 409 "authority": headquarters has none;
 *                                 409 "order" with "why": it isn't issued for this (unknown, custody, status, data, item, record,
 *                                 certificate: the item has a living one, main: the unit has a living main one elsewhere, validity, request; and where it doesn't follow from the order:
 *                                 business, product, profile, about, window, term, pair).
 *   GET  /v1/ca                   200 {}: headquarters' authority is open and would be asked; 409 "authority": headquarters has none.
 *   GET  /v1/ca/issue?key=K       what became of it: as above; 404 "unknown": it never came here.
 *   HEAD /v1/files/DIGEST         204 with `Upload-Offset` and `Upload-Length`: how far this site has sent it; 404: not begun.
 *   PUT  /v1/files/DIGEST         bytes from `Upload-Offset` (header; default 0) on, `Upload-Length` (header) in all. 204 with `Upload-Offset`; 201 when it is whole and
 *                                 its digest is right; 409 "offset"; 422 "digest" (begin anew); 413 "size"; 507 "full". Where the line is cut, what came is
 *                                 kept; only without `Upload-Offset`, of files up to FILE_ONE_PIECE, it may be forgotten, and the hub has less to do.
 *   GET  /v1/files/DIGEST?of=SITE the bytes of a file of its own, or that a custody item of this site named (Range is honoured); else 404.
 *   POST /v1/certificates/challenge  {"certificate": PEM} of a key that is in at this counter. 200 {"challenge"}, for one try within
 *                                 POSSESSION_SECONDS (sync/possession.h), whether anybody has the certificate or not; 429 "slow".
 *   POST /v1/certificates/prove   {"certificate", "challenge", "signature"}: by the certificate's key over possession_text. 200 {"from", "serial"}:
 *                                 its custody is this site's from now on, and the feed has it. Else 403 "counter", "challenge", "proof",
 *                                 "certificate-revoked"; 404 "certificate-unknown"; 409 "under-way" with "at" and "order", "here".
 *   POST /v1/certificates/code    {"serial"} of a certificate whose key isn't here: a code goes to the phone on file of its holder. 200 {"sent_to"}
 *                                 (masked); refused as a proof would be; 409 "no-phone"; 429 "slow" within a minute, and after ten in a day.
 *                                 Then prove with {"serial", "code"}: 403 "wrong-code" with "left", "code-ended" after five tries or minutes.
 *                                 Without both, by an approved review: {"serial", "order"} of an order of this counter that names the certificate and
 *                                 that a review site approved within REVIEW_PROOF_DAYS: 403 "review-none" and the other review-… below. An order proves
 *                                 once; asked again before the certificate has arrived: given again.
 *   POST /v1/time                 {"now"} -> {"now"}.
 *   GET  /v1/health               no client certificate: 200 "ok" from a worker; what `status` asks through nginx.
 *   Anything else 404; a site that was revoked 403 "revoked", without a client certificate 403 "certificate"; the body too long 413;
 *   the hub's disk full 507 "full"; any fault of the hub's 503 "fault" (to be tried again).
 *
 * Entries that move custody carry it in their facts:
 *   "custody": {"order": NO, "to": SITE or "" (the hub chooses a review site), "home": SITE where the order was signed,
 *               "files": [digest, …], "decision": "approve", "return" or "reject" where a review site gives it back,
 *               "certificate": the serial of another counter's certificate that an approved order names (or absent)}
 * and one record of kind "custody" (its number is the order's at the giver, its version counts the moves) whose state is no row but
 * a bundle that the giver made for this move: all that the receiver needs, sealed under the order's own data key and no other, bound
 * to "custody/RECORD/VERSION" as every state. To a review site {"order", "home", "records": [{"kind", "site", "id", "row"}, …]}: rows that
 * others refer to come first, "site" and "id" say whose row it is and its number there, a reference is the place of its row in
 * the list, what belongs to other data keys is left out. Back home {"order", "decision", "reviewer": {"login", "name"}, "decided_at", "reason"}.
 * The hub checks that the giver is the custodian, chooses and notes the new one, opens the bundle and compares it with the states
 * that it has, and gives the receiver a feed item
 *   kind "custody": {"order", "from", "home", "decision" (or absent), "seq" (the entry's), "record", "version", "bundle": the sealed state,
 *                    "dk": the giver's number of the order's data key, "cms": that key to the receiver's encryption certificate (bound
 *                    to "FROM/DK"), "files": [{"digest", "size"}]} of the home site's files
 * The giver hears
 *   kind "given": {"order", "to"}; so does a review site that was revoked, of each order that went to another from it. Its entry
 * "custody.given" changes who holds the order and nothing else.
 * A custody that may not be given comes back: kind "refused": {"seq", "order", "why"}. "why" is a name of sync/refusals.def
 * and a detail; anything else that a site may not do comes back as kind "entry-refused" with the same members ("order" may be
 * ""). The receiver's own entry "custody.take" has the facts {"taken": {"order", "from", "seq", "feed", "map"}}: the map,
 * [[site, kind, number there, number here], …], is what a replayed store needs.
 * A receiver that can't carry out what came says so by an entry "custody.untaken" with the facts {"untaken": {"order", "from", "seq",
 * "why"}}: the order is its home's again ("refused"), and headquarters raises an alarm.
 * A certificate whose holder another counter has proven goes there with its key and what is needed to go on with it:
 *   kind "certificate": {"issuer", "serial", "from", "record" (its number there), "order" (that made it), "bundle", "cms"}: the bundle is
 *                       {"certificate", "order", "item", "customer", "visit", "person", "key"} (rows as the giver's states have them; key
 *                       may be missing) and "agents": [{"data", "last_order"}] (the holder's on file, may be missing), sealed by headquarters under a key of its own bound to "certificate/SERIAL", as are the sealed
 *                       columns in it; "cms" is that key to the receiver, bound to "FROM/RECORD"
 *   kind "certificate-given": {"issuer", "serial", "key" (its serial or ""), "to", "review" (the order there whose approved review was the
 *   proof, or absent)} for whose it was: it changes neither any more, and tells the phone on file of a review.
 * The receiver's entry "custody.certificate" has the facts {"fetched": {"certificate", "from", "feed", "map"}}; what it writes of the order that
 * made the certificate is a copy to look at. The former custodian's "custody.certificate-given" changes whose they are and nothing else.
 * Other kinds downward:
 *   "route": {"review": true or false}: is there a review site that orders in review go to?
 *   "review-sites": {"sites": [{"code", "name"}]}: to review sites, which there are
 *   "ca": {"chain"}: the certificates of headquarters' authority, PEM, the issuing one first; "crl": {"der"}: its newest list (older
 *   items of the kind are forgotten). A site's entries about certificates of that authority lead their states on; a
 *   record of kind "ca_request" in state "void" ends a request, and revokes what was made of it.
 *   "publication": {"number", "tables": [{"name", "from" (date), "csv"}], "staff": [{"login", "name", "roles" (with commas), "disabled"}],
 *                   "program", "files": [{"path", "text" or "base64"}], "site", "stock": [{"serial", "medium"}]}: what headquarters lays
 *                   down (desk/publication.h), each part may be missing or empty; taken whole or not at all, once for each number. The site's
 *                   entry is "publication.take" with the number as its subject and {"digest": of the canonical body, …}, or
 *                   "publication.refuse" with {"why"}; the hub then forgets the item's body. A site that joins later gets those still in
 *                   force in order, without the parts that later ones have replaced.
 *   An unknown kind is noted and passed over. An item that names sites by their codes may have "names": {CODE: NAME}, for people to read. */
#ifndef CERTDESK_SYNC_PROTOCOL_H
#define CERTDESK_SYNC_PROTOCOL_H

enum {
	PAGE_ENTRIES = 500,              /* … in one body of the journal, and at most JOURNAL_BODY_MOST bytes */
	PAGE_ITEMS = 100,
	JOURNAL_BODY_MOST = 8 << 20,     /* uncompressed */
	FEED_BODY_MOST = 64 << 20,
	FILE_MOST = 64 << 20,
	FILE_ONE_PIECE = 250000,         /* src/hub/nginx.c has it as a pattern */
	REVIEW_PROOF_DAYS = 10,
};

#define SAY_CODE "code"
#define SAY_SLOW "slow"
#define SAY_CERTIFICATE "certificate"
#define SAY_REVOKED "revoked"
#define SAY_GAP "gap"
#define SAY_FORK "fork"
#define SAY_NEWER "newer"
#define SAY_FILES "files"
#define SAY_BROKEN "broken"
#define SAY_OFFSET "offset"
#define SAY_DIGEST "digest"
#define SAY_SIZE "size"
#define SAY_FULL "full"
#define SAY_FAULT "fault"
#define SAY_RESTORED "restored" /* 503, whatever was asked for: headquarters was restored, and nobody has declared it yet */
#define SAY_OLDER "older"       /* 503: … and nobody said so: nothing was given out with so high a number */
#define SAY_UNKNOWN "unknown"
#define SAY_COUNTER "counter"                           /* 403: not for a review site */
#define SAY_CHALLENGE "challenge"                       /* 403: not one of this site's, used, or over */
#define SAY_PROOF "proof"                               /* 403: the signature isn't the certificate's */
#define SAY_CERTIFICATE_UNKNOWN "certificate-unknown"   /* 404: no site has it */
#define SAY_CERTIFICATE_REVOKED "certificate-revoked"   /* 403: or superseded */
#define SAY_UNDER_WAY "under-way"                       /* 409: "at" its custodian, with "order" */
#define SAY_HERE "here"                                 /* 409: it is this site's already */
#define SAY_NO_PHONE "no-phone"                         /* 409: no mobile on file */
#define SAY_WRONG_CODE "wrong-code"                     /* 403: with "left", the tries */
#define SAY_CODE_ENDED "code-ended"                     /* 403: none was sent, or it is used, over, or tried too often */
#define SAY_REVIEW_NONE "review-none"                   /* 403: no order of this counter's that a review site approved */
#define SAY_REVIEW_OWN "review-own"                     /* 403: … that this counter approved itself */
#define SAY_REVIEW_PERSON "review-person"               /* 403: who approved it keyed it in */
#define SAY_REVIEW_OTHER "review-other"                 /* 403: it names another certificate */
#define SAY_REVIEW_UNCHECKED "review-unchecked"         /* 403: nobody's identity was checked for it */
#define SAY_REVIEW_HOLDER "review-holder"               /* 403: its customer isn't the certificate's holder */
#define SAY_REVIEW_OLD "review-old"                     /* 403: approved too long ago */
#define SAY_REVIEW_USED "review-used"                   /* 403: it has proven already */
#define SAY_KEY "key"
#define SAY_VOID "void"
#define SAY_ORDER "order"
#define SAY_AUTHORITY "authority"
#define SAY_REQUEST "request" /* 400: not what this page describes */

/* The enrolment code: base32 (RFC 4648, no padding) of ten random bytes and of the first sixteen bytes of the SHA-256 of the
 * hub's root certificate (DER): 42 letters, shown in groups of six with "-"; case, spaces and "-" don't count. Works once, for
 * 72 hours. The site asks /v1/root without trust, compares, and from then on trusts that root alone. */
enum { ENROL_SECRET = 10, ENROL_FINGERPRINT = 16, ENROL_LETTERS = 42, ENROL_HOURS = 72 };

#endif
