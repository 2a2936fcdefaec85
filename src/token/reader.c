#include "token/reader.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

#include "base/clock.h"
#include "base/lang.h"
#include "base/text.h"
#include "base/thread.h"

enum { RETRY_MS = 100 };

struct reader_context {
	SCARDCONTEXT handle;
};

/* A connection with a context of its own. pcscd keeps a caller waiting for as long as
 * another program is in a transaction, without a way to call off; so what can wait runs
 * in a thread, and where patience ends, the thread keeps the connection and cleans up. */
struct link {
	SCARDCONTEXT context;
	SCARDHANDLE handle;
	DWORD protocol;
	bool has_context, connected;
	char name[READER_NAME_SIZE];
	int64_t deadline;
	LONG (*work)(struct link *l);
	LONG result;
	bool done, abandoned;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
};

struct reader_card {
	struct link *link; /* NULL: given up */
	int patience_ms;
};

/* Programs that are known to keep a card to themselves. */
static const char *const holders[] = {"scdaemon", "gpg-agent", "firefox", "firefox-esr", "chrome", "chromium",
	"thunderbird", "pkcs11-tool", "pkcs15-tool", "yubico-piv-tool", "ykman", "pivit", "ssh-agent", "pcsc_scan",
	"certdesk"};

/* Names those that run now: "scdaemon、firefox", or "?" */
static void name_holders(char *out, size_t size)
{
	DIR *proc = opendir("/proc");
	out[0] = '\0';
	for (struct dirent *d; proc && (d = readdir(proc));) {
		char path[300], comm[32] = "";
		if (d->d_name[0] < '1' || d->d_name[0] > '9' || atol(d->d_name) == (long)getpid())
			continue;
		snprintf(path, sizeof path, "/proc/%s/comm", d->d_name);
		FILE *f = fopen(path, "re");
		if (!f)
			continue;
		if (!fgets(comm, sizeof comm, f))
			comm[0] = '\0';
		fclose(f);
		comm[strcspn(comm, "\n")] = '\0';
		for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
			if (!strcmp(comm, holders[i]) && !strstr(out, comm) && strlen(out) + strlen(comm) + 8 < size)
				lang_list_add(out, size, comm);
	}
	if (proc)
		closedir(proc);
	if (!*out)
		text_copy(out, size, tr("未知程序", "an unknown program"));
}

static enum err busy(struct error *e)
{
	char names[200];
	name_holders(names, sizeof names);
	return error_set(e, ERR_TOKEN_BUSY, "%s", names);
}

/* What a PC/SC result means to the desk. */
static const struct {
	LONG result;
	enum err code;
} meanings[] = {
	{SCARD_E_NO_SERVICE, ERR_TOKEN_NO_SERVICE},
	{SCARD_E_SERVICE_STOPPED, ERR_TOKEN_NO_SERVICE},
	{SCARD_F_COMM_ERROR, ERR_TOKEN_NO_SERVICE},
	{SCARD_E_INVALID_HANDLE, ERR_TOKEN_NO_SERVICE}, /* pcscd was started anew meanwhile */
	{SCARD_W_SECURITY_VIOLATION, ERR_TOKEN_REFUSED},
	{SCARD_E_NO_ACCESS, ERR_TOKEN_REFUSED},
	{SCARD_W_REMOVED_CARD, ERR_TOKEN_REMOVED},
	{SCARD_E_NO_SMARTCARD, ERR_TOKEN_REMOVED},
	{SCARD_E_READER_UNAVAILABLE, ERR_TOKEN_REMOVED},
	{SCARD_E_UNKNOWN_READER, ERR_TOKEN_REMOVED},
	{SCARD_W_UNPOWERED_CARD, ERR_TOKEN_REMOVED},
	{SCARD_W_UNRESPONSIVE_CARD, ERR_TOKEN_REMOVED},
	{SCARD_W_UNSUPPORTED_CARD, ERR_TOKEN_REMOVED},
	{SCARD_E_PROTO_MISMATCH, ERR_TOKEN_REMOVED},
	{SCARD_W_RESET_CARD, ERR_TOKEN_REMOVED},
	{SCARD_E_NOT_TRANSACTED, ERR_TOKEN_REMOVED},
	{SCARD_F_INTERNAL_ERROR, ERR_TOKEN_REMOVED},
	{SCARD_E_SHARING_VIOLATION, ERR_TOKEN_BUSY},
	{SCARD_E_NO_MEMORY, ERR_MEMORY},
};

/* The service speaks English alone; support knows the number. */
static const char *words_of(LONG result, char number[24])
{
	snprintf(number, 24, "PC/SC 0x%08lX", (unsigned long)result & 0xFFFFFFFFul);
	return lang_now() == LANG_ZH ? number : pcsc_stringify_error(result);
}

static enum err translate(LONG result, struct error *e)
{
	char number[24];
	if (result == SCARD_S_SUCCESS)
		return OK;
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].result == result)
			return meanings[i].code == ERR_TOKEN_BUSY
				? busy(e)
				: error_set(e, meanings[i].code, "%s", words_of(result, number));
	return error_set(e, ERR_TOKEN_ANSWER, "%s", words_of(result, number));
}

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* A refusal by polkit arrives as a call that is taken and hung up, which libpcsclite may report as no service at all. */
static bool service_listens(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const char *path = getenv("PCSCLITE_CSOCK_NAME");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool listens = fd >= 0 && text_copy(to.sun_path, sizeof to.sun_path, path ? path : "/run/pcscd/pcscd.comm") &&
		connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
	if (fd >= 0)
		close(fd);
	return listens;
}

enum err reader_open(struct reader_context **out, struct error *e)
{
	*out = NULL;
	struct reader_context *c = calloc(1, sizeof *c);
	if (!c)
		return error_set(e, ERR_MEMORY, "%s", "");
	LONG result = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &c->handle);
	if (result != SCARD_S_SUCCESS) {
		free(c);
		char number[24];
		bool hung_up = result == SCARD_F_COMM_ERROR || (result == SCARD_E_NO_SERVICE && service_listens());
		return hung_up ? error_set(e, ERR_TOKEN_REFUSED, "%s", words_of(result, number))
			       : translate(result, e);
	}
	*out = c;
	return OK;
}

void reader_close(struct reader_context **c)
{
	if (!*c)
		return;
	SCardReleaseContext((*c)->handle);
	free(*c);
	*c = NULL;
}

enum err reader_list(struct reader_context *c, struct reader list[READERS_MOST], size_t *count, struct error *e)
{
	char names[READERS_MOST * READER_NAME_SIZE] = "";
	SCARD_READERSTATE states[READERS_MOST] = {0};
	DWORD size = sizeof names;
	*count = 0;
	LONG result = SCardListReaders(c->handle, NULL, names, &size);
	if (result == SCARD_E_NO_READERS_AVAILABLE)
		return OK;
	if (result != SCARD_S_SUCCESS)
		return translate(result, e);
	size_t n = 0;
	for (const char *p = names; n < READERS_MOST && *p; p += strlen(p) + 1, n++) {
		text_copy(list[n].name, sizeof list[n].name, p);
		states[n].szReader = list[n].name;
		states[n].dwCurrentState = SCARD_STATE_UNAWARE;
	}
	result = SCardGetStatusChange(c->handle, 0, states, (DWORD)n);
	if (result != SCARD_S_SUCCESS && result != SCARD_E_TIMEOUT && result != SCARD_E_UNKNOWN_READER)
		return translate(result, e);
	for (size_t i = 0; i < n; i++)
		list[i].card =
			(states[i].dwEventState & SCARD_STATE_PRESENT) && !(states[i].dwEventState & SCARD_STATE_MUTE);
	*count = n;
	return OK;
}

static void link_free(struct link *l)
{
	if (l->connected)
		SCardDisconnect(l->handle, SCARD_LEAVE_CARD);
	if (l->has_context)
		SCardReleaseContext(l->context);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->mutex);
	free(l);
}

static void *link_run(void *context)
{
	struct link *l = context;
	LONG result = l->work(l);
	pthread_mutex_lock(&l->mutex);
	bool abandoned = l->abandoned;
	l->result = result;
	l->done = true;
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	if (abandoned)
		link_free(l);
	return NULL;
}

/* Runs `work` for at most the card's patience. After SCARD_E_SHARING_VIOLATION the link may be gone. */
static LONG link_work(struct reader_card *card, LONG (*work)(struct link *l))
{
	struct link *l = card->link;
	pthread_t thread;
	int64_t end = clock_monotonic_ms() + card->patience_ms;
	l->work = work;
	l->deadline = end;
	l->done = false;
	if (!thread_start(&thread, link_run, l))
		return SCARD_E_NO_MEMORY;
	pthread_detach(thread);
	pthread_mutex_lock(&l->mutex);
	while (!l->done && clock_monotonic_ms() < end)
		pthread_cond_clockwait(
			&l->changed, &l->mutex, CLOCK_MONOTONIC, &(struct timespec){end / 1000, end % 1000 * 1000000});
	bool done = l->done;
	l->abandoned = !done;
	LONG result = done ? l->result : SCARD_E_SHARING_VIOLATION;
	if (!done)
		card->link = NULL;
	pthread_mutex_unlock(&l->mutex);
	return result;
}

static LONG work_begin(struct link *l)
{
	LONG result = SCardBeginTransaction(l->handle);
	if (result != SCARD_W_RESET_CARD)
		return result;
	result = SCardReconnect(
		l->handle, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_LEAVE_CARD, &l->protocol);
	return result == SCARD_S_SUCCESS ? SCardBeginTransaction(l->handle) : result;
}

static LONG work_connect(struct link *l)
{
	LONG result = SCARD_S_SUCCESS;
	if (!l->has_context)
		result = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &l->context);
	l->has_context = result == SCARD_S_SUCCESS;
	while (l->has_context) {
		result = SCardConnect(l->context, l->name, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
			&l->handle, &l->protocol);
		l->connected = result == SCARD_S_SUCCESS;
		if (result != SCARD_E_SHARING_VIOLATION || clock_monotonic_ms() + RETRY_MS >= l->deadline)
			break;
		pause_ms(RETRY_MS);
	}
	return result == SCARD_S_SUCCESS ? work_begin(l) : result;
}

enum err reader_connect(struct reader_context **c, const char *name, int patience_ms, struct reader_card **out, struct error *e)
{
	struct reader_card *card = calloc(1, sizeof *card);
	struct link *l = calloc(1, sizeof *l);
	*out = NULL;
	if (!card || !l) {
		free(card);
		free(l);
		return error_set(e, ERR_MEMORY, "%s", "");
	}
	pthread_mutex_init(&l->mutex, NULL);
	pthread_cond_init(&l->changed, NULL);
	text_copy(l->name, sizeof l->name, name);
	if (c && *c) {
		l->context = (*c)->handle;
		l->has_context = true;
		free(*c);
		*c = NULL;
	}
	card->link = l;
	card->patience_ms = patience_ms;
	LONG result = link_work(card, work_connect);
	if (result != SCARD_S_SUCCESS)
		reader_disconnect(&card);
	*out = card;
	return translate(result, e);
}

void reader_disconnect(struct reader_card **card)
{
	if (!*card)
		return;
	if ((*card)->link)
		link_free((*card)->link);
	free(*card);
	*card = NULL;
}

enum err reader_begin(struct reader_card *card, struct error *e)
{
	return card->link ? translate(link_work(card, work_begin), e) : busy(e);
}

void reader_end(struct reader_card *card, bool reset)
{
	if (card->link)
		SCardEndTransaction(card->link->handle, reset ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
}

static enum err transmit(
	void *context, const uint8_t *command, size_t length, uint8_t *answer, size_t *answer_length, struct error *e)
{
	struct link *l = ((struct reader_card *)context)->link;
	uint8_t bare[5];
	DWORD got = (DWORD)*answer_length;
	if (!l)
		return busy(e);
	if (l->protocol == SCARD_PROTOCOL_T0) { /* T=0 has a P3 always, and no Le after data */
		if (length > 5 && length == 6u + command[4])
			length--;
		else if (length == 4) {
			memcpy(bare, command, 4);
			bare[4] = 0;
			command = bare;
			length = 5;
		}
	}
	LONG result = SCardTransmit(l->handle, l->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, command,
		(DWORD)length, NULL, answer, &got);
	if (result != SCARD_S_SUCCESS)
		return translate(result, e);
	if (got < 2) /* so does a key pulled out in the middle look at first */
		return error_set(e, ERR_TOKEN_REMOVED, "%s", tr("没有回答", "no answer"));
	*answer_length = got;
	return OK;
}

struct apdu_transport reader_transport(struct reader_card *card)
{
	return (struct apdu_transport){.context = card, .transmit = transmit};
}
