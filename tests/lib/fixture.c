#include "fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypt.h"

static int lock = -1;

static bool place(const char *what, char *out, size_t size)
{
	char name[DIGEST_TEXT_SIZE], whole[1024];
	const char *all = getenv("CERTDESK_FIXTURES");
	if (!all || !*all)
		return false;
	/* a test may have moved the clock: a site of another day is another site */
	snprintf(whole, sizeof whole, "%lld %s", (long long)time(NULL) / 86400, what);
	digest_text(whole, strlen(whole), name);
	snprintf(out, size, "%s/%.24s", all, strchr(name, ':') + 1);
	return true;
}

/* Both directories; the site says where its key is. */
static void copy(const char *from, const char *to)
{
	setenv("FIXTURE_FROM", from, 1);
	setenv("FIXTURE_TO", to, 1);
	assert_int_equal(system("rm -rf \"$FIXTURE_TO\" \"$FIXTURE_TO.keys\" && cp -a \"$FIXTURE_FROM\" \"$FIXTURE_TO\" &&"
	                        "cp -a \"$FIXTURE_FROM.keys\" \"$FIXTURE_TO.keys\" &&"
	                        "sed -i \"s|^store_key: .*|store_key: \\\"$(realpath \"$FIXTURE_TO.keys\")/store.key\\\"|\" \"$FIXTURE_TO/certdesk.yaml\""),
	                 0);
}

bool fixture_take(const char *what, const char *dir)
{
	char from[512], path[520];
	if (!place(what, from, sizeof from))
		return false;
	snprintf(path, sizeof path, "%s.lock", from);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(lock >= 0 && flock(lock, LOCK_EX) == 0);
	snprintf(path, sizeof path, "%s.keys", from); /* what is copied last */
	if (access(path, F_OK) != 0)
		return false;
	close(lock);
	lock = -1;
	copy(from, dir);
	return true;
}

void fixture_give(const char *what, const char *dir)
{
	char to[512];
	if (!place(what, to, sizeof to))
		return;
	copy(dir, to);
	close(lock);
	lock = -1;
}
