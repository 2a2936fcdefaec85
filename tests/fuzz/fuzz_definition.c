/* libFuzzer on the definitions that fuzz_form leaves out: reports, print templates, certificate profiles, texts, a site's and
 * headquarters' configuration. The first byte chooses; the input replaces a piece of the shipped one. Each is taken or refused with its
 * mistakes. */
#include "fuzz.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ca/profile.h"
#include "desk/config.h"
#include "hub/hub.h"
#include "hub/options.h"
#include "print/template.h"
#include "report/definition.h"
#include "rules/texts.h"

enum { REPORT, TEMPLATE, PROFILES, TEXT, CONFIG, OPTIONS, KINDS };
static const char *const shipped[KINDS] = {"reports/daily.yaml", "forms/print/receipt.yaml", "forms/tables/profiles.yaml", NULL, NULL, NULL};
static const char *const begun[KINDS] = {[TEXT] = "---\nid: a\nversion: \"1\"\nchannel: \"\"\ntitle: 某\n---\n文\n",
                                         [CONFIG] = "store_key: keys/store.key\npin_digits: 8\nca: local\nphone: \"010\"\n",
                                         [OPTIONS] = "url: https://localhost:8443\ndatabase: sqlite:hub.db\nworkers: 2\n"};
static const char *const names[KINDS] = {[TEXT] = "text.md", [CONFIG] = "certdesk.yaml", [OPTIONS] = "hub.yaml", [REPORT] = "x.yaml", [PROFILES] = "p.yaml"};
static struct bytes texts[KINDS];

static void start(void)
{
	scratch_make();
	for (int i = 0; i < KINDS; i++)
		must((shipped[i] ? file_read(shipped[i], 1 << 20, &texts[i], NULL) : bytes_text(&texts[i], begun[i])) == OK);
}

static void read_kind(int kind, const char *path, const struct bytes *text)
{
	struct error e = {0};
	struct mistakes m = {0};
	struct report *report = NULL;
	struct print_template *template = NULL;
	struct profiles *profiles = NULL;
	struct config config = {0};
	struct hub_options options = {0};
	if (kind == TEMPLATE) {
		print_parse("receipt.yaml", (const char *)text->data, text->length, &template, &e);
		print_free_one(&template);
	} else if (kind == REPORT) {
		report_load(scratch, "x", &report, &e);
		report_free(&report);
	} else if (kind == PROFILES) {
		profiles_load(path, &profiles, &e);
		profiles_free(&profiles);
	} else if (kind == TEXT) {
		struct texts *t = texts_read(scratch, &m);
		texts_free(&t);
	} else if (kind == CONFIG) {
		if (config_load(scratch, &config, &e) == OK)
			config_free(&config);
	} else if (hub_options_load(scratch, &options, &e) == OK)
		hub_options_free(&options);
	mistakes_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = {0};
	char path[120];
	if (!texts[0].data)
		start();
	if (size < 4)
		return 0;
	int kind = data[0] % KINDS;
	const struct bytes *from = &texts[kind];
	size_t at = (data[1] << 8 | data[2]) % from->length, over = data[3] % (from->length - at);
	must(!bytes_add(&text, from->data, at) && !bytes_add(&text, data + 4, size - 4) && !bytes_add(&text, from->data + at + over, from->length - at - over));
	snprintf(path, sizeof path, "%s/%s", scratch, names[kind] ? names[kind] : "t");
	must(kind == TEMPLATE || !file_write(path, 0600, text.data, text.length, NULL));
	read_kind(kind, path, &text);
	unlink(path);
	bytes_free(&text);
	return 0;
}
