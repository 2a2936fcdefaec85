/* Keys that are pulled out, swapped, written by halves or held by another program, and the watch over readers. */
#include "token_case.h"

#include <pthread.h>

#include "base/clock.h"

static void swapped_key_is_not_written(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret key, pin = code(TOKEN_FACTORY_PIN), new = code("654321");
	token_factory_management_key(&key);
	assert_true(pcscd_pull(&readers, 0));
	assert_true(pcscd_insert(&readers, 0, OTHER, NULL));
	assert_int_not_equal(token_set_pin(t, &pin, &new, &e), OK);
	assert_int_equal(error_exit(e.code), EXIT_RETRY);
	token_close(&t);
	assert_int_equal(token_open(OTHER, &t, &e), OK);
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	token_close(&t);
	assert_true(pcscd_pull(&readers, 0));
}

static void pulled_key_is_told(void **state)
{
	(void)state;
	struct token *t = open_key();
	struct secret pin = code(TOKEN_FACTORY_PIN);
	assert_true(pcscd_pull(&readers, 0));
	assert_int_equal(token_verify_pin(t, &pin, &e), ERR_TOKEN_REMOVED);
	token_close(&t);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	t = open_key();
	assert_int_equal(token_verify_pin(t, &pin, &e), OK);
	token_close(&t);
}

/* One whole write: pair, certificate, test signature. */
static enum err write_all(struct token *t, const struct bytes *der)
{
	struct secret key, pin = code(TOKEN_FACTORY_PIN);
	struct bytes spki = {0};
	token_factory_management_key(&key);
	enum err r = token_begin(t, &e);
	if (r)
		return r;
	r = token_authenticate_management(t, &key, &e);
	if (!r)
		r = token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e);
	if (!r)
		r = token_write_certificate(t, TOKEN_SLOT_SIGN, der->data, der->length, &e);
	if (!r)
		r = token_verify_pin(t, &pin, &e);
	token_end(t);
	bytes_free(&spki);
	return r;
}

/* Pulled out in the middle of a write, at a few places; then the same key, put in again, takes the whole write. The
 * driver's own test does this at every command. */
static void removal_in_the_middle_can_be_made_good(void **state)
{
	(void)state;
	static const char *const places[] = {"2", "6", "10", "13"};
	struct token *t = open_key();
	struct secret key;
	struct bytes spki = {0}, der = {0}, back = {0};
	token_factory_management_key(&key);
	assert_int_equal(token_begin(t, &e), OK);
	assert_int_equal(token_authenticate_management(t, &key, &e), OK);
	assert_int_equal(token_generate(t, TOKEN_SLOT_SIGN, TOKEN_P256, &spki, &e), OK);
	make_certificate(&spki, &der);
	token_close(&t);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		assert_true(pcscd_pull(&readers, 0));
		assert_true(pcscd_insert(&readers, 0, KEY, "--vanish-at", places[i], NULL));
		enum err r = token_open(KEY, &t, &e);
		if (!r)
			r = write_all(t, &der);
		token_close(&t);
		assert_true(r == ERR_TOKEN_REMOVED || r == ERR_TOKEN_NONE);
		assert_true(pcscd_vanished(&readers, 0));
		assert_true(pcscd_insert(&readers, 0, KEY, NULL));
		t = open_key();
		assert_int_equal(write_all(t, &der), OK);
		assert_int_equal(token_read_certificate(t, TOKEN_SLOT_SIGN, &back, &e), OK);
		assert_memory_equal(back.data, der.data, der.length);
		token_close(&t);
	}
	bytes_free(&back);
	bytes_free(&der);
	bytes_free(&spki);
}

/* A certificate whose writing was cut lies there half: reading it must say so. */
static void half_written_certificate_is_refused(void **state)
{
	(void)state;
	struct token *t = NULL;
	struct bytes back = {0};
	char path[128], line[700];
	uint8_t piece[250] = {0x53, 0x82, 0x03, 0x8D, 0x70, 0x82, 0x03, 0x84, 0x30, 0x82, 0x03, 0x80};
	assert_true(pcscd_pull(&readers, 0));
	snprintf(path, sizeof path, "%s/key-" KEY, readers.dir);
	FILE *f = fopen(path, "a");
	hex_encode(line, piece, sizeof piece);
	fprintf(f, "object-5fc105 %s\n", line);
	fclose(f);
	assert_true(pcscd_insert(&readers, 0, KEY, NULL));
	t = open_key();
	assert_int_equal(token_read_certificate(t, TOKEN_SLOT_SIGN, &back, &e), ERR_TOKEN_CERTIFICATE);
	token_close(&t);
}

static void *hold(void *context)
{
	struct token *t = NULL;
	struct error own;
	int *ready = context;
	if (token_open(KEY, &t, &own) == OK && token_begin(t, &own) == OK) {
		bool good = write(ready[1], "!", 1) == 1;
		good = good && read(ready[2], &(char){0}, 1) == 1;
		token_end(t);
	}
	token_close(&t);
	return NULL;
}

static void key_in_use_elsewhere_is_told_in_time(void **state)
{
	(void)state;
	int go[2], ready[2];
	pthread_t thread;
	struct token *t = NULL;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(ready), 0);
	int ends[3] = {0, ready[1], go[0]};
	pthread_create(&thread, NULL, hold, ends);
	assert_int_equal(read(ready[0], &(char){0}, 1), 1);
	int64_t before = clock_monotonic_ms();
	assert_int_equal(token_open(KEY, &t, &e), ERR_TOKEN_BUSY);
	assert_in_range(clock_monotonic_ms() - before, 1000, 15000);
	assert_int_equal(error_exit(e.code), EXIT_RETRY);
	assert_int_equal(write(go[1], "!", 1), 1);
	pthread_join(thread, NULL);
	t = open_key();
	token_close(&t);
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(ready[i]);
	}
}

static void watch_tells_what_comes_and_goes(void **state)
{
	(void)state;
	struct token_watch *w = NULL;
	struct token *t = NULL;
	bool changed = false;
	assert_int_equal(token_watch_open(&w, &e), OK);
	assert_int_equal(token_watch_change(w, 0, &changed, &e), OK);
	assert_true(changed); /* the first look */
	assert_int_equal(token_watch_change(w, 0, &changed, &e), OK);
	assert_false(changed);
	t = open_key(); /* using it is no change */
	token_close(&t);
	assert_int_equal(token_watch_change(w, 0, &changed, &e), OK);
	assert_false(changed);
	assert_true(pcscd_insert(&readers, 1, OTHER, NULL));
	assert_int_equal(token_watch_change(w, 5000, &changed, &e), OK);
	assert_true(changed);
	assert_true(pcscd_pull(&readers, 1));
	assert_int_equal(token_watch_change(w, 5000, &changed, &e), OK);
	assert_true(changed);
	assert_int_equal(token_watch_change(w, 50, &changed, &e), OK);
	assert_false(changed);
	token_watch_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEY(swapped_key_is_not_written),
		WITH_KEY(pulled_key_is_told),
		WITH_KEY(half_written_certificate_is_refused),
		WITH_KEY(key_in_use_elsewhere_is_told_in_time),
		WITH_KEY(watch_tells_what_comes_and_goes),
		WITH_KEY(removal_in_the_middle_can_be_made_good),
	};
	return RUN_KEYS(tests);
}
