#include "soft_key.h"

#include "base/json.h"
#include "base/lang.h"
#include "ca/profile.h"

static char *write_text(const char *text)
{
	char *path = strdup("/tmp/certdesk-profile-XXXXXX");
	int fd = mkstemp(path);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static enum err load(const char *text, struct error *e)
{
	struct profiles *p = NULL;
	char *path = write_text(text);
	enum err r = profiles_load(path, &p, e);
	if (r)
		assert_null(p);
	profiles_free(&p);
	unlink(path);
	free(path);
	return r;
}

static void shipped_file_is_good(void **state)
{
	(void)state;
	struct profiles *p = NULL;
	struct error e = {0};
	char *path = shipped("forms/tables/profiles.yaml");
	if (profiles_load(path, &p, &e))
		fail_msg("%s", e.detail);
	assert_non_null(profiles_find(p, "person-1y"));
	assert_null(profiles_find(p, "unit-2y"));
	const struct profile *unit = profiles_find(p, "unit-1y");
	assert_non_null(unit);
	assert_int_equal(unit->keys, PROFILE_KEY_RSA | PROFILE_KEY_P256 | PROFILE_KEY_SM2);
	json_t *values = json_pack("{s:s, s:s, s:s, s:s, s:s}", "unit_name", "北京示例科技有限公司", "department", "",
		"uscc", "91110105MA01ABCD5F", "region_province", "北京市", "region_city", "北京市");
	struct name name = {0};
	assert_int_equal(profile_subject(unit, values, &name, &e), OK);
	assert_int_equal(name.count, 5); /* no department: no OU */
	assert_string_equal(name.parts[4].type, "CN");
	assert_string_equal(name.parts[4].value, "北京示例科技有限公司");
	name_free(&name);
	json_object_set_new(values, "unit_name", json_string(" "));
	assert_int_equal(profile_subject(unit, values, &name, &e), ERR_CA_FIELD);
	assert_int_equal(name.count, 0);
	json_decref(values);
	profiles_free(&p);
	free(path);
}

/* A good file, in which each row replaces one text. */
static const char good[] = "profiles:\n"
			   "  a:\n"
			   "    keys: [rsa]\n"
			   "    subject:\n"
			   "      - {type: CN, string: utf8, value: x}\n"
			   "    key_usage: digitalSignature\n"
			   "    extended_key_usage: clientAuth\n"
			   "    policies: [1.2.3]\n"
			   "    crl_url: \"${u}\"\n";

static void mistakes_are_named_by_line(void **state)
{
	(void)state;
	static const struct {
		const char *old, *new, *says;
	} rows[] = {
		{"profiles:", "profile:", ":1:"},
		{"  a:\n", "  a: 1\n  b:\n", ":2:"},
		{"subject:", "subjekt:", ":4:"},
		{"key_usage:", "keys:", ":6:"},
		{"[rsa]", "[rsa, dsa]", ":3:"},
		{"[rsa]", "[]", ":3:"},
		{"[rsa]", "rsa", ":3:"},
		{"utf8", "utf9", ":5:"},
		{"value: x", "value: 'a${x'", ":5:"},
		{"value: x", "value: '$'", ":5:"},
		{"value: x", "valu: x", ":5:"},
		{"type: CN", "type: XYZ", ":5:"},
		{"type: CN", "type: O", "CN"},
		{"value: x", "value: x, optional: true", "CN"},
		{"value: x", "value: x, optional: maybe", ":5:"},
		{"digitalSignature", "digitalSignatur", ":6:"},
		{"clientAuth", "'@section'", ":7:"},
		{"1.2.3", "1.x", ":8:"},
		{"${u}", "${U}", ":9:"},
		{"  a:\n", "  a: &x\n", ":2:"},
		{"  a:\n", "  a: {\n", ""},
		{"  a:\n", "  [a]:\n", ""},
	};
	struct error e = {0};
	assert_int_equal(load(good, &e), OK);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[1024];
		const char *at = strstr(good, rows[i].old);
		assert_non_null(at);
		snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, rows[i].new, at + strlen(rows[i].old));
		e = (struct error){0};
		if (load(text, &e) != ERR_CA_PROFILE || !strstr(e.detail, rows[i].says))
			fail_msg("row %zu: %s", i, e.detail);
	}
	assert_int_equal(load("", &e), ERR_CA_PROFILE);
	assert_int_equal(load("profiles: {}\n", &e), ERR_CA_PROFILE);
	struct profiles *p = NULL;
	assert_int_equal(profiles_load("/tmp/certdesk-not-there.yaml", &p, &e), ERR_CA_PROFILE);
	assert_null(p);
}

static void templates_are_filled(void **state)
{
	(void)state;
	json_t *values = json_pack("{s:s, s:i, s:n, s:s}", "name", "李四", "count", 3, "none", "bad", "a\x1b[2J");
	static const struct {
		const char *template, *text;
	} rows[] = {
		{"", ""},
		{"x", "x"},
		{"${name}", "李四"},
		{"<${name}${count}>", "<李四3>"},
		{"${none}${missing}", ""},
		{"${Name}", "${Name}"},
		{"$", "$"},
	};
	char *out = NULL;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(profile_fill(rows[i].template, values, &out, NULL), OK);
		assert_string_equal(out, rows[i].text);
		free(out);
	}
	assert_int_equal(profile_fill("${bad}", values, &out, NULL), ERR_CA_FIELD);
	json_decref(values);
}

int main(void)
{
	lang_set(LANG_ZH);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_file_is_good),
		cmocka_unit_test(mistakes_are_named_by_line),
		cmocka_unit_test(templates_are_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
