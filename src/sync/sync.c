#include "sync/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/keypair.h"
#include "desk/custody.h"
#include "sync/internal.h"

enum { CLOCK_SECONDS = 600, CLOCK_CHANGE = 5, ROUNDS_MOST = 1000 };

/* Until two persons at headquarters have declared that it was restored. */
static bool declaration_awaited(const json_t *state)
{
	const char *trouble = json_text(state, "trouble_code");
	return strcmp(trouble, error_name(ERR_SYNC_RESTORED)) == 0 || strcmp(trouble, error_name(ERR_SYNC_OLDER)) == 0;
}

enum err sync_status(struct desk *d, json_t **out, struct error *e)
{
	json_t *state = NULL, *hub = NULL, *notices = NULL;
	*out = NULL;
	enum err r = store_row(d->store, SQL_SYNC_STATE_GET, &state, e, "");
	if (!r)
		r = store_row(d->store, SQL_HEADQUARTERS_GET, &hub, e, "");
	if (!r)
		r = notice_list(d, &notices, e);
	if (!r) {
		int64_t seq = json_number(state, "seq"), acknowledged = json_number(state, "acknowledged");
		*out = json_pack("{sb ss ss ss ss sb sb sI ss sI sI sI sO}", "joined", hub != NULL, "url", json_text(hub, "url"), "headquarters",
		                 json_text(hub, "name"), "line", json_text(state, "line"), "trouble", json_text(state, "trouble"), "site_revoked",
		                 strcmp(json_text(state, "trouble_code"), error_name(ERR_SYNC_REVOKED)) == 0, "declaration_awaited", declaration_awaited(state), "seq",
		                 (json_int_t)seq, "head", json_text(state, "head"), "acknowledged", (json_int_t)acknowledged, "backlog",
		                 (json_int_t)(hub && seq > acknowledged ? seq - acknowledged : 0), "refused",
		                 (json_int_t)json_number(state, "refused"), "notices", notices);
		desk_time(*out, "line_since", json_number(state, "line_at"));
		desk_time(*out, "last_contact", json_number(state, "contact_at"));
	}
	json_decref(state);
	json_decref(hub);
	json_decref(notices);
	return r;
}

void line_note(struct desk *d, const struct error *why)
{
	char sentence[ERROR_DETAIL_SIZE * 3];
	store_run(d->store, SQL_SYNC_STATE_LINE, NULL, NULL, "titt", why ? "down" : "up", desk_now(d), why ? error_sentence(why, sentence, sizeof sentence) : "",
	          why ? error_name(why->code) : "");
}

static enum err open_line(struct sync *s, const struct rows *row, struct error *e)
{
	struct bytes tls = {0}, encrypt = {0};
	EVP_PKEY *hub_encrypt = line_certificate_key(rows_text(row, 6), &s->hub_encrypt);
	s->hub_sign = line_certificate_key(rows_text(row, 5), NULL);
	enum err r = hub_encrypt && s->hub_sign ? OK : error_set(e, ERR_STORE_BROKEN, "headquarters");
	if (!r && !(r = line_private(s->d, row, 10, "headquarters.tls_private", &tls, e)) &&
	    !(r = line_private(s->d, row, 11, "headquarters.encrypt_private", &encrypt, e)) &&
	    !(s->encrypt = keypair_read(encrypt.data, encrypt.length)))
		r = error_set(e, ERR_STORE_BROKEN, "headquarters");
	if (!r)
		r = net_start(&(struct net_options){.url = rows_text(row, 2), .root = rows_text(row, 4), .certificate = rows_text(row, 7),
		                                    .key = tls.data, .key_length = tls.length}, &s->net, e);
	EVP_PKEY_free(hub_encrypt);
	bytes_free(&tls);
	bytes_free(&encrypt);
	return r;
}

enum err sync_open(struct desk *d, struct sync **out, struct error *e)
{
	struct rows *rows = NULL;
	struct sync *s = calloc(1, sizeof *s);
	*out = NULL;
	if (!s)
		return ERR_MEMORY;
	s->d = d;
	enum err r = store_query(d->store, SQL_HEADQUARTERS_GET, &rows, e, "");
	if (!r)
		r = rows_next(rows) ? open_line(s, rows, e) : error_set(e, ERR_SYNC_NOT_JOINED, "%s", "");
	rows_end(&rows, NULL);
	if (r && r != ERR_SYNC_NOT_JOINED && e)
		line_note(d, e);
	if (r)
		sync_close(&s);
	*out = s;
	return r;
}

void sync_close(struct sync **sync)
{
	struct sync *s = *sync;
	if (!s)
		return;
	net_end(&s->net);
	EVP_PKEY_free(s->encrypt);
	EVP_PKEY_free(s->hub_sign);
	bytes_free(&s->hub_encrypt);
	free(s);
	*sync = NULL;
}

/* One process at a time goes round, and begins where the one before it ended: the screens' and a command's may meet. */
static enum err take_turn(struct sync *s, int *lock, struct error *e)
{
	json_t *state = NULL;
	char *path = path_join(s->d->dir, "round.lock");
	*lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	enum err r = *lock < 0 ? error_set(e, ERR_FILE_WRITE, "%s/round.lock", s->d->dir) : OK;
	free(path);
	while (!r && flock(*lock, LOCK_EX) != 0)
		if (errno != EINTR)
			r = error_set(e, ERR_FILE_WRITE, "%s/round.lock", s->d->dir);
	if (!r)
		r = store_row(s->d->store, SQL_SYNC_STATE_GET, &state, e, "");
	s->acknowledged = json_number(state, "acknowledged");
	s->feed = json_number(state, "feed");
	json_decref(state);
	return r;
}

/* Each ten minutes: a clock that is far from headquarters' stops what dates count for (desk_clock_right). A difference that hardly
 * changed isn't written again. */
static enum err compare_clocks(struct sync *s, struct error *e)
{
	json_t *body = NULL, *answer = NULL;
	int64_t now = desk_now(s->d), before = 0;
	if (s->clock_at && now >= s->clock_at && now - s->clock_at < CLOCK_SECONDS)
		return OK;
	enum err r = (body = json_pack("{sI}", "now", (json_int_t)now)) ? line_ask(s, "POST", "/v1/time", body, 0, NULL, &answer, e) : ERR_MEMORY;
	int64_t theirs = json_number(answer, "now"), off = theirs - (now + desk_now(s->d)) / 2;
	if (!r && theirs > 0 && !(r = store_int(s->d->store, SQL_SYNC_CLOCK, 0, &before, e, ""))) {
		if (off - before > CLOCK_CHANGE || before - off > CLOCK_CHANGE)
			r = store_run(s->d->store, SQL_SYNC_STATE_CLOCK, NULL, e, "i", off);
		s->clock_at = now;
	} else if (r == ERR_SYNC_ANSWER) { /* an older headquarters, which has no such page */
		s->clock_at = now;
		r = OK;
	}
	json_decref(body);
	json_decref(answer);
	return r;
}

enum err sync_push(struct sync *s, struct error *e)
{
	json_t *counts = json_object();
	bool moved;
	int lock;
	enum err r = take_turn(s, &lock, e);
	if (!r)
		r = push_run(s, counts, &moved, e);
	if (lock >= 0)
		close(lock);
	json_decref(counts);
	return r;
}

/* What came may be to give on, and what was given has to go up: in this order a round leaves nothing that it could have moved. */
enum err sync_round(struct sync *s, json_t *counts, bool *moved, struct error *e)
{
	int64_t given = 0;
	int lock;
	*moved = false;
	enum err r = take_turn(s, &lock, e);
	if (!r) /* an entry of a disk that was rolled back would begin a second history */
		r = push_compare(s, counts, e);
	if (!r)
		r = compare_clocks(s, e);
	if (!r)
		r = custody_give(s->d, &given, e);
	if (!r)
		r = push_run(s, counts, moved, e);
	if (!r)
		r = reviewed_ask(s, moved, e);
	if (!r)
		r = pull_run(s, counts, moved, e);
	if (!r)
		r = reviewed_settle(s, moved, e);
	if (given) {
		*moved = true;
		count_add(counts, "custody_given", given);
	}
	if (r)
		line_note(s->d, e);
	else if (!json_number(counts, "not_taken"))
		line_note(s->d, NULL);
	if (lock >= 0)
		close(lock);
	return r;
}

enum err sync_once(struct desk *d, json_t **out, struct error *e)
{
	struct sync *s = NULL;
	json_t *counts = json_pack("{si si si si}", "sent", 0, "files_sent", 0, "received", 0, "custody_given", 0), *status = NULL;
	bool moved = true, timer = d->timer;
	*out = NULL;
	enum err r = desk_allow(d, MAY_SYNC, NULL, e);
	if (!r)
		r = sync_open(d, &s, e);
	d->timer = true; /* whoever asked for it: what is done is the rules' doing */
	for (int i = 0; !r && moved && i < ROUNDS_MOST; i++)
		r = sync_round(s, counts, &moved, e);
	d->timer = timer;
	sync_close(&s);
	if (!r && !(r = sync_status(d, &status, e))) {
		json_object_set(counts, "head", json_object_get(status, "head"));
		json_object_set(counts, "backlog", json_object_get(status, "backlog"));
		*out = json_incref(counts);
	}
	json_decref(status);
	json_decref(counts);
	return r;
}
