/* Files at headquarters: piece by piece, each site's own, whole only with the right digest. */
#include "hubcase.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "hub/files.h"

enum { SIZE = 100000 };

static uint8_t content[SIZE];
static char digest[DIGEST_TEXT_SIZE], path[120];

static void make_content(void)
{
	for (size_t i = 0; i < SIZE; i++)
		content[i] = (uint8_t)(i * 31 + i / 256);
	digest_text(content, SIZE, digest);
	snprintf(path, sizeof path, "/v1/files/%s", digest);
}

static int64_t offset_said;

/* PUT of content[from, to) where the line breaks after `breaks` bytes (-1: it doesn't). */
static int put_at(struct hub_case *c, int i, int64_t offset, int64_t length, size_t from, size_t to, long breaks)
{
	struct feeding body = {.data = content + from, .length = to - from, .stop = breaks >= 0 ? (size_t)breaks : to - from, .fd = -1};
	struct request q = {.method = "PUT", .path = path, .length = (int64_t)(to - from), .upload_offset = offset, .upload_length = length};
	struct reply p = {0};
	site_at(c, i);
	ask_hub(&c->net[i], &q, &body, &p);
	int status = p.status ? p.status : 200;
	offset_said = -1;
	for (int h = 0; h < p.header_count; h++)
		if (strcmp(p.headers[h].name, "Upload-Offset") == 0)
			offset_said = strtoll(p.headers[h].value, NULL, 10);
	reply_free(&p);
	return status;
}

static int head_at(struct hub_case *c, int i)
{
	struct feeding body = {.fd = -1};
	struct request q = {.method = "HEAD", .path = path, .length = -1, .upload_offset = -1, .upload_length = -1};
	struct reply p = {0};
	site_at(c, i);
	ask_hub(&c->net[i], &q, &body, &p);
	int status = p.status;
	offset_said = p.header_count ? strtoll(p.headers[0].value, NULL, 10) : -1;
	reply_free(&p);
	return status;
}

static bool is_there(int i)
{
	char *file = hub_file_local(hub->files, (struct file_name){codes[i], digest});
	struct bytes all = {0};
	bool same = file && file_read(file, SIZE, &all, NULL) == OK && all.length == SIZE && memcmp(all.data, content, SIZE) == 0;
	bytes_free(&all);
	free(file);
	return same;
}

static void a_file_goes_whole(void **state)
{
	struct hub_case *c = *state;
	assert_int_equal(404, head_at(c, COUNTER));
	assert_int_equal(201, put_at(c, COUNTER, -1, SIZE, 0, SIZE, -1));
	assert_int_equal(SIZE, offset_said);
	assert_true(is_there(COUNTER));
	assert_int_equal(204, head_at(c, COUNTER));
	assert_int_equal(SIZE, offset_said);
	assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1)); /* again */
	assert_true(is_there(COUNTER));
}

/* A cut anywhere: what came is kept, and the rest goes on from there. */
static void a_cut_inside_a_file_loses_nothing_of_it(void **state)
{
	struct hub_case *c = *state;
	static const long cuts[] = {0, 1, 999, 1000, 65536, SIZE - 1};
	assert_int_equal(204, put_at(c, COUNTER, 0, SIZE, 0, 10, -1)); /* a piece of it on purpose */
	assert_int_equal(10, offset_said);
	size_t have = 10;
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		size_t part = (size_t)cuts[i] < SIZE - have ? (size_t)cuts[i] : SIZE - have - 1;
		put_at(c, COUNTER, (int64_t)have, SIZE, have, SIZE, (long)part);
		have += part;
		assert_int_equal(204, head_at(c, COUNTER));
		assert_int_equal((int64_t)have, offset_said);
		assert_false(is_there(COUNTER));
	}
	assert_int_equal(201, put_at(c, COUNTER, (int64_t)have, SIZE, have, SIZE, -1));
	assert_true(is_there(COUNTER));
}

/* It has a worker for itself: after its time that one goes, and what came is kept. */
static void a_line_that_drips_is_let_go(void **state)
{
	struct hub_case *c = *state;
	struct feeding body = {.data = content, .length = SIZE, .stop = SIZE, .fd = -1};
	struct request q = {.method = "PUT", .path = path, .length = SIZE, .upload_offset = 0, .upload_length = SIZE, .until = 1};
	struct reply p = {0};
	site_at(c, COUNTER);
	ask_hub(&c->net[COUNTER], &q, &body, &p);
	assert_int_equal(204, p.status);
	assert_int_equal(1000, body.at); /* one piece of the line */
	reply_free(&p);
	assert_int_equal(204, head_at(c, COUNTER));
	assert_int_equal(1000, offset_said);
	assert_int_equal(201, put_at(c, COUNTER, 1000, SIZE, 1000, SIZE, -1));
	assert_true(is_there(COUNTER));
}

static void it_goes_on_only_where_it_stopped(void **state)
{
	struct hub_case *c = *state;
	assert_int_equal(409, put_at(c, COUNTER, 5, SIZE, 5, SIZE, -1));
	assert_int_equal(0, offset_said);
	assert_int_equal(204, put_at(c, COUNTER, 0, SIZE, 0, 1000, -1));
	assert_int_equal(409, put_at(c, COUNTER, 999, SIZE, 999, SIZE, -1));
	assert_int_equal(1000, offset_said);
	assert_int_equal(409, put_at(c, COUNTER, 1001, SIZE, 1001, SIZE, -1));
	assert_int_equal(413, put_at(c, COUNTER, 1000, SIZE + 1, 1000, SIZE, -1)); /* it doesn't get another length on the way */
	assert_int_equal(201, put_at(c, COUNTER, 1000, SIZE, 1000, SIZE, -1));
	assert_true(is_there(COUNTER));
}

static void the_beginning_again_begins_anew(void **state)
{
	struct hub_case *c = *state;
	content[0] ^= 1;
	assert_int_equal(204, put_at(c, COUNTER, 0, SIZE, 0, 50000, -1));
	content[0] ^= 1;
	assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
	assert_true(is_there(COUNTER));
}

static void another_content_is_refused_and_begins_anew(void **state)
{
	struct hub_case *c = *state;
	content[70000] ^= 1;
	assert_int_equal(422, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
	content[70000] ^= 1;
	assert_false(is_there(COUNTER));
	assert_int_equal(404, head_at(c, COUNTER));
	assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
}

static void sizes_and_names_have_limits(void **state)
{
	struct hub_case *c = *state;
	static const char *const names[] = {"", "x", "sha256:", "sha256:../../../etc/passwd", "../sha256:00",
	                                    "sha256:0000000000000000000000000000000000000000000000000000000000000000/x",
	                                    "sha256:000000000000000000000000000000000000000000000000000000000000000G",
	                                    "SHA256:0000000000000000000000000000000000000000000000000000000000000000"};
	assert_int_equal(413, put_at(c, COUNTER, 0, (int64_t)FILE_MOST + 1, 0, 10, -1));
	assert_int_equal(413, put_at(c, COUNTER, 0, 100, 0, 200, -1)); /* more than was announced */
	assert_int_equal(400, put_at(c, COUNTER, 0, -1, 0, 10, -1));
	assert_int_equal(400, put_at(c, COUNTER, -2, SIZE, 0, 10, -1));
	assert_false(is_there(COUNTER));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "/v1/files/%s", names[i]);
		assert_int_equal(404, put_at(c, COUNTER, 0, 10, 0, 10, -1));
		assert_int_equal(404, head_at(c, COUNTER));
		assert_int_equal(404, ask(c, COUNTER, "GET", path, "of=110114-01", NULL, 0, "", NULL));
	}
	make_content();
}

/* "Already there" is nobody's to hear who hasn't sent every byte: having its digest proves nothing. */
static void there_is_said_only_to_who_sent_it(void **state)
{
	struct hub_case *c = *state;
	assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
	assert_int_equal(404, head_at(c, OTHER));
	assert_int_equal(409, put_at(c, OTHER, SIZE, SIZE, SIZE, SIZE, -1));
	assert_int_equal(204, put_at(c, OTHER, 0, SIZE, 0, 10, -1));
	assert_int_equal(10, offset_said);
	assert_int_equal(204, head_at(c, OTHER));
	assert_int_equal(10, offset_said);
	assert_int_equal(404, ask(c, OTHER, "GET", path, "of=110114-01", NULL, 0, "", NULL));
	assert_int_equal(404, ask(c, OTHER, "GET", path, "of=110114-02", NULL, 0, "", NULL));
}

static void a_full_disk_is_said_and_passes(void **state)
{
	struct hub_case *c = *state;
	struct rlimit was, small = {50000, 50000};
	site_at(c, COUNTER);
	/* what is written beyond fails as on a full disk; the database's pages lie below */
	assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &was));
	signal(SIGXFSZ, SIG_IGN);
	small.rlim_max = was.rlim_max;
	small.rlim_cur = 700 << 10;
	char big_digest[DIGEST_TEXT_SIZE];
	size_t big = 2 << 20;
	uint8_t *data = calloc(1, big);
	digest_text(data, big, big_digest);
	snprintf(path, sizeof path, "/v1/files/%s", big_digest);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
	struct feeding body = {.data = data, .length = big, .stop = big, .fd = -1};
	struct request q = {.method = "PUT", .path = path, .length = (int64_t)big, .upload_offset = 0, .upload_length = (int64_t)big};
	struct reply p = {0};
	ask_hub(&c->net[COUNTER], &q, &body, &p);
	int status = p.status;
	reply_free(&p);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &was));
	assert_int_equal(507, status);
	/* with space again it goes on from where it stopped */
	assert_int_equal(204, head_at(c, COUNTER));
	assert_true(offset_said > 0 && offset_said < (int64_t)big);
	body = (struct feeding){.data = data + offset_said, .length = big - (size_t)offset_said, .stop = big - (size_t)offset_said, .fd = -1};
	q.upload_offset = offset_said;
	q.length = (int64_t)body.length;
	ask_hub(&c->net[COUNTER], &q, &body, &p);
	assert_int_equal(201, p.status);
	reply_free(&p);
	free(data);
	make_content();
}

/* A file whose disk lost it is asked for again. */
static void a_lost_file_is_taken_again(void **state)
{
	struct hub_case *c = *state;
	assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
	char *file = hub_file_local(hub->files, (struct file_name){codes[COUNTER], digest});
	assert_int_equal(0, unlink(file));
	free(file);
	assert_int_equal(404, head_at(c, COUNTER));
	assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
	assert_true(is_there(COUNTER));
}

/* PUT of what nginx has whole in a file of its own. */
static int put_one_piece(struct hub_case *c, int i, size_t length, bool *moved)
{
	char name[200];
	site_at(c, i);
	snprintf(name, sizeof name, "%s/body", c->dir);
	int fd = open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	assert_true(fd >= 0 && write(fd, content, length) == (ssize_t)length && lseek(fd, 0, SEEK_SET) == 0);
	struct feeding body = {.data = content, .length = length, .stop = length, .fd = -1};
	struct request q = {.method = "PUT", .path = path, .length = (int64_t)length, .upload_offset = -1, .upload_length = SIZE, .body_file = name, .body_fd = fd};
	struct reply p = {0};
	ask_hub(&c->net[i], &q, &body, &p);
	int status = p.status;
	reply_free(&p);
	close(fd);
	*moved = unlink(name) != 0;
	return status;
}

static void one_piece_is_moved_where_it_belongs(void **state)
{
	struct hub_case *c = *state;
	bool moved;
	assert_int_equal(201, put_one_piece(c, COUNTER, SIZE, &moved));
	assert_true(moved && is_there(COUNTER));
	assert_int_equal(204, head_at(c, COUNTER));
	assert_int_equal(SIZE, offset_said);
	assert_int_equal(201, put_one_piece(c, COUNTER, SIZE, &moved)); /* again */
	assert_true(!moved && is_there(COUNTER));
	assert_int_equal(404, head_at(c, OTHER));
}

static void one_piece_ends_what_was_begun(void **state)
{
	struct hub_case *c = *state;
	bool moved;
	char *part = hub_file_part(hub->files, (struct file_name){codes[COUNTER], digest});
	assert_int_equal(204, put_at(c, COUNTER, 0, SIZE, 0, 1000, -1));
	assert_int_equal(0, access(part, F_OK));
	assert_int_equal(201, put_one_piece(c, COUNTER, SIZE, &moved));
	assert_true(moved && is_there(COUNTER));
	assert_int_equal(-1, access(part, F_OK));
	free(part);
}

static void one_piece_of_other_bytes_is_refused(void **state)
{
	struct hub_case *c = *state;
	bool moved;
	content[5] ^= 1;
	assert_int_equal(422, put_one_piece(c, COUNTER, SIZE, &moved));
	content[5] ^= 1;
	assert_false(moved || is_there(COUNTER));
	assert_int_equal(404, head_at(c, COUNTER));
	assert_int_equal(204, put_one_piece(c, COUNTER, SIZE - 1, &moved)); /* shorter than it said: the rest may come */
	assert_int_equal(SIZE - 1, offset_said = (head_at(c, COUNTER), offset_said));
	assert_int_equal(201, put_at(c, COUNTER, SIZE - 1, SIZE, SIZE - 1, SIZE, -1));
	assert_true(is_there(COUNTER));
}

/* The file was on the disk and acknowledged, the row of it not yet when the power went. */
/* Another worker, which does `what` with a hub of its own; ends with 0 where all was as it should be. */
static pid_t worker(struct hub_case *c, int (*what)(struct hub_case *c, void *arg), void *arg)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	alarm(30);
	_exit(hub_open(c->dir, &hub, &c->e) ? 99 : what(c, arg));
}

static int ended(pid_t pid)
{
	int status = 0;
	assert_int_equal(pid, waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int sends_it(struct hub_case *c, void *arg)
{
	close(*(int *)arg); /* the lock is the one's that opened it */
	int status = put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1);
	return status == 201 ? 0 : status % 100 ? status % 100 : 1;
}

static bool waits_for_lock(pid_t pid)
{
	char line[200], wanted[40];
	bool found = false;
	FILE *f = fopen("/proc/locks", "r");
	assert_non_null(f);
	snprintf(wanted, sizeof wanted, " %d ", (int)pid);
	while (fgets(line, sizeof line, f))
		found |= strstr(line, "->") && strstr(line, wanted);
	fclose(f);
	return found;
}

/* What it waits for goes away under another digest than was said, or becomes the whole file: it is not written to what has no name. */
static void an_upload_that_waited_for_another_is_whole(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	assert_int_equal(204, put_at(c, COUNTER, 0, SIZE, 0, 1000, -1));
	char *part = hub_file_part(hub->files, (struct file_name){codes[COUNTER], digest}), other[400];
	int fd = open(part, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0 && flock(fd, LOCK_EX) == 0);
	pid_t pid = worker(c, sends_it, &fd);
	while (!waits_for_lock(pid))
		sched_yield();
	snprintf(other, sizeof other, "%s.other", part);
	assert_int_equal(0, rename(part, other));
	close(fd);
	assert_int_equal(0, ended(pid));
	assert_true(is_there(COUNTER));
	struct stat st;
	assert_int_equal(0, stat(other, &st));
	assert_int_equal(1000, st.st_size);
	free(part);
}

enum { WORKERS = 3, ROUNDS = 24 };

/* At the same moment into the same directories, which aren't there. */
static int takes_into_new_directories(struct hub_case *c, void *arg)
{
	int *at = arg, me = __atomic_fetch_add(&at[1], 1, __ATOMIC_SEQ_CST), bad = 0;
	char from[200], name[DIGEST_TEXT_SIZE], site[SITE_CODE_SIZE];
	snprintf(from, sizeof from, "%s/piece%d", c->root, me);
	for (int round = 0; round < ROUNDS; round++) {
		bool taken = false;
		int fd = open(from, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		snprintf(site, sizeof site, "110119-%02d", round);
		snprintf(name, sizeof name, "sha256:%02x%062d", round, me);
		__atomic_fetch_add(&at[0], 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&at[0], __ATOMIC_SEQ_CST) < (round + 1) * WORKERS)
			sched_yield();
		bad += hub_file_take(hub->files, (struct file_name){site, name}, from, fd, &taken, NULL) || !taken;
		close(fd);
	}
	return bad;
}

static void uploads_make_the_same_directory_together(void **state)
{
	struct hub_case *c = *state;
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[WORKERS];
	assert_true(shared != MAP_FAILED);
	for (int i = 0; i < WORKERS; i++)
		pids[i] = worker(c, takes_into_new_directories, shared);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(0, ended(pids[i]));
	munmap(shared, 4096);
}

static void a_file_is_found_whose_row_was_lost(void **state)
{
	struct hub_case *c = *state;
	bool moved;
	for (int way = 0; way < 3; way++) {
		assert_int_equal(201, way == 1 ? put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1) : put_one_piece(c, COUNTER, SIZE, &moved));
		site_is(OK, db_run(hub->db, HUB_SQL_FILE_LOST, NULL, &c->e, "tt", codes[COUNTER], digest), &c->e);
		if (way < 2) {
			assert_int_equal(204, head_at(c, COUNTER));
			assert_int_equal(SIZE, offset_said);
		} else
			assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, 10));
		assert_int_equal(404, head_at(c, OTHER));
		char *file = hub_file_local(hub->files, (struct file_name){codes[COUNTER], digest});
		assert_int_equal(0, unlink(file));
		free(file);
		assert_int_equal(404, head_at(c, COUNTER)); /* the row was there again */
	}
}

/* … and not what a torn disk made of it. */
static void what_is_found_must_be_the_file(void **state)
{
	struct hub_case *c = *state;
	static const off_t lengths[] = {0, SIZE - 1, SIZE + 1, SIZE};
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
		site_is(OK, db_run(hub->db, HUB_SQL_FILE_LOST, NULL, &c->e, "tt", codes[COUNTER], digest), &c->e);
		char *file = hub_file_local(hub->files, (struct file_name){codes[COUNTER], digest});
		assert_non_null(file);
		assert_int_equal(0, truncate(file, lengths[i] == SIZE ? 1000 : lengths[i]));
		assert_int_equal(0, truncate(file, lengths[i]));
		free(file);
		assert_int_equal(404, head_at(c, COUNTER));
		assert_int_equal(404, ask(c, COUNTER, "GET", path, "of=110114-01", NULL, 0, "", NULL));
	}
	assert_int_equal(201, put_at(c, COUNTER, 0, SIZE, 0, SIZE, -1));
	assert_true(is_there(COUNTER));
}

/* The real site: its files are cut once, and it goes on. */
static void a_site_goes_on_inside_its_file(void **state)
{
	struct hub_case *c = *state;
	site_at(c, COUNTER);
	SYNC(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	line.cut_file_at = 100;
	for (int i = 0; i < 4 && sync_at(c, COUNTER) != OK; i++)
		;
	assert_int_equal(-1, line.cut_file_at);
	SYNC(c, COUNTER);
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[COUNTER]->store, SQL_CUSTODY_FILES, &rows, &c->e, "i", order_id(c, COUNTER, c->no)), &c->e);
	int n = 0;
	while (rows_next(rows)) {
		char *file = hub_file_local(hub->files, (struct file_name){codes[COUNTER], rows_text(rows, 0)});
		assert_non_null(file);
		free(file);
		n++;
	}
	rows_end(&rows, NULL);
	assert_true(n > 0);
	assert_int_equal(0, refused_at(COUNTER));
}

/* An order whose file isn't there yet waits for it, and says which. */
static void custody_waits_for_its_files(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	site_at(c, COUNTER);
	site_at(c, REVIEW);
	SYNC(c, COUNTER);
	site_paid(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	line.lose_journal = true;
	assert_int_equal(ERR_NET_CUT, sync_once(c->d[COUNTER], &out, &c->e));
	line.lose_journal = false;
	struct rows *rows = NULL;
	site_is(OK, store_query(c->d[COUNTER]->store, SQL_CUSTODY_FILES, &rows, &c->e, "i", order_id(c, COUNTER, c->no)), &c->e);
	assert_true(rows_next(rows));
	snprintf(digest, sizeof digest, "%s", rows_text(rows, 0));
	rows_end(&rows, NULL);
	site_is(OK, db_run(hub->db, HUB_SQL_FILE_LOST, NULL, &c->e, "tt", codes[COUNTER], digest), &c->e);
	int64_t seq = hub_seq(COUNTER);
	assert_int_equal(409, post(c, COUNTER, line.posted, &out));
	assert_string_equal(SAY_FILES, json_text(out, "error"));
	assert_string_equal(digest, json_string_value(json_array_get(json_object_get(out, "missing"), 0)));
	assert_int_equal(seq, hub_seq(COUNTER)); /* nothing of the body */
	json_decref(out);
	/* the site hasn't got it any more: headquarters asks no longer, and hands nothing over without it */
	json_object_set_new(line.posted, "gone", json_pack("[s]", digest));
	assert_int_equal(200, post(c, COUNTER, line.posted, NULL));
	REFUSED(COUNTER, "FILE");
	make_content();
}

/* … and any other entry too. */
static void an_entry_waits_for_its_files(void **state)
{
	struct hub_case *c = *state;
	json_t *out = NULL;
	SYNC(c, COUNTER);
	site_signed(&c->site[COUNTER], c->d[COUNTER], "new-unit", NULL, c->no);
	site_as(&c->site[COUNTER], c->d[COUNTER], "root1");
	line.lose_journal = true;
	assert_int_equal(ERR_NET_CUT, sync_once(c->d[COUNTER], &out, &c->e));
	line.lose_journal = false;
	json_t *entry = json_array_get(json_object_get(line.posted, "entries"), 0), *whole = json_loads(json_text(entry, "entry"), 0, NULL);
	const char *file = json_string_value(json_array_get(json_object_get(whole, "files"), 0));
	assert_non_null(file);
	site_is(OK, db_run(hub->db, HUB_SQL_FILE_LOST, NULL, &c->e, "tt", codes[COUNTER], file), &c->e);
	assert_int_equal(409, post(c, COUNTER, line.posted, &out));
	assert_string_equal(file, json_string_value(json_array_get(json_object_get(out, "missing"), 0)));
	json_object_set_new(line.posted, "gone", json_pack("[s]", file));
	assert_int_equal(200, post(c, COUNTER, line.posted, NULL));
	assert_int_equal(0, refused_at(COUNTER));
	json_decref(out);
	json_decref(whole);
}

static int files_make(void **state)
{
	make_content();
	return hub_sites_make(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUB_TEST(a_file_goes_whole),
		HUB_TEST(a_cut_inside_a_file_loses_nothing_of_it),
		HUB_TEST(a_line_that_drips_is_let_go),
		HUB_TEST(it_goes_on_only_where_it_stopped),
		HUB_TEST(the_beginning_again_begins_anew),
		HUB_TEST(another_content_is_refused_and_begins_anew),
		HUB_TEST(sizes_and_names_have_limits),
		HUB_TEST(there_is_said_only_to_who_sent_it),
		HUB_TEST(a_full_disk_is_said_and_passes),
		HUB_TEST(a_lost_file_is_taken_again),
		HUB_TEST(one_piece_is_moved_where_it_belongs),
		HUB_TEST(one_piece_ends_what_was_begun),
		HUB_TEST(one_piece_of_other_bytes_is_refused),
		HUB_TEST(an_upload_that_waited_for_another_is_whole),
		HUB_TEST(uploads_make_the_same_directory_together),
		HUB_TEST(a_file_is_found_whose_row_was_lost),
		HUB_TEST(what_is_found_must_be_the_file),
		HUB_TEST(a_site_goes_on_inside_its_file),
		HUB_TEST(custody_waits_for_its_files),
		HUB_TEST(an_entry_waits_for_its_files),
	};
	return cmocka_run_group_tests(tests, files_make, hub_sites_end);
}
