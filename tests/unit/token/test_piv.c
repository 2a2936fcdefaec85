/* The PIV driver on cards that answer by a script, or anything at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../lib/card.h"
#include "token/driver.h"

static struct error e;
static const struct token_driver *const piv = &token_driver_piv;

static struct secret code(const char *text)
{
	struct secret s;
	secret_set(&s, text, strlen(text));
	return s;
}

static void probe_knows_foreign_cards(void **state)
{
	(void)state;
	static const struct card_row rows[] = {{"00A40400 05 A000000308", "6105"}, {"00C00000 05", "6103 4F0100 9000"},
		{"00A40400", "6A82"}, {"00A40400", "6E00"}, {"00A40400", NULL}, {0}};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	bool mine = false;
	assert_int_equal(piv->probe(&card, &mine, &e), OK);
	assert_true(mine);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(piv->probe(&card, &mine, &e), OK);
		assert_false(mine);
	}
	assert_int_equal(piv->probe(&card, &mine, &e), ERR_TOKEN_REMOVED);
}

static void serial_comes_from_the_card_or_its_chuid(void **state)
{
	(void)state;
	static const struct card_row rows[] = {{"00F80000", "00989681 9000"}, {"00F80000", "FFFFFFFF 9000"},
		{"00F80000", "6D00"}, {"00CB3FFF 05 5C035FC102", "5312 3410 000102030405060708090A0B0C0D0E0F 9000"},
		{"00F80000", "6D00"}, {"00CB3FFF", "5312 3410 00000000000000000000000000000000 9000"},
		{"00F80000", "6D00"}, {"00CB3FFF", "6A82"}, {"00F80000", "6F00"}, {0}};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	char serial[TOKEN_SERIAL_SIZE];
	assert_int_equal(piv->serial(&card, serial, &e), OK);
	assert_string_equal(serial, "10000001");
	assert_int_equal(piv->serial(&card, serial, &e), OK);
	assert_string_equal(serial, "4294967295");
	assert_int_equal(piv->serial(&card, serial, &e), OK);
	assert_string_equal(serial, "000102030405060708090A0B0C0D0E0F");
	assert_int_equal(piv->serial(&card, serial, &e), ERR_TOKEN_UNSUPPORTED);
	assert_int_equal(piv->serial(&card, serial, &e), ERR_TOKEN_UNSUPPORTED);
	assert_int_equal(piv->serial(&card, serial, &e), ERR_TOKEN_ANSWER);
	assert_string_equal(s.unexpected, "");
}

static void status_words_become_sentences(void **state)
{
	(void)state;
	static const struct {
		const char *sw;
		enum err verify, unblock;
		const char *detail;
	} table[] = {
		{"9000", OK, OK, NULL},
		{"63C2", ERR_TOKEN_PIN_WRONG, ERR_TOKEN_PUK_WRONG, "2"},
		{"63C9", ERR_TOKEN_PIN_WRONG, ERR_TOKEN_PUK_WRONG, "9"},
		{"6300", ERR_TOKEN_PIN_WRONG, ERR_TOKEN_PUK_WRONG, "?"},
		{"63C0", ERR_TOKEN_PIN_BLOCKED, ERR_TOKEN_PUK_BLOCKED, ""},
		{"6983", ERR_TOKEN_PIN_BLOCKED, ERR_TOKEN_PUK_BLOCKED, ""},
		{"6982", ERR_TOKEN_LOCKED, ERR_TOKEN_LOCKED, NULL},
		{"6D00", ERR_TOKEN_UNSUPPORTED, ERR_TOKEN_UNSUPPORTED, NULL},
		{"6F00", ERR_TOKEN_ANSWER, ERR_TOKEN_ANSWER, NULL},
	};
	struct secret pin = code("123456"), puk = code("12345678");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct card_row rows[] = {{"00200080 08 313233343536FFFF", table[i].sw},
			{"002C0080 10 3132333435363738 313233343536FFFF", table[i].sw}, {0}};
		struct card_script s = {.rows = rows};
		struct apdu_transport card = card_scripted(&s);
		assert_int_equal(piv->verify_pin(&card, &pin, &e), table[i].verify);
		if (table[i].detail)
			assert_string_equal(e.detail, table[i].detail);
		assert_int_equal(piv->unblock(&card, &puk, &pin, &e), table[i].unblock);
		assert_int_equal(s.next, 2); /* nothing is tried twice */
	}
}

static void codes_of_a_wrong_form_never_reach_the_card(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "12345", "123456789", "12 456", "密码12", "123456\n", "12345\x7F"};
	static const struct card_row none[] = {{0}};
	struct card_script s = {.rows = none};
	struct apdu_transport card = card_scripted(&s);
	struct secret good = code("123456");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct secret c = code(bad[i]);
		assert_int_equal(piv->verify_pin(&card, &c, &e), ERR_TOKEN_CODE_FORM);
		assert_int_equal(piv->set_code(&card, TOKEN_PUK, &good, &c, &e), ERR_TOKEN_CODE_FORM);
		assert_int_equal(piv->unblock(&card, &c, &good, &e), ERR_TOKEN_CODE_FORM);
	}
	assert_string_equal(s.unexpected, "");
}

static void tries_come_from_metadata_or_verify(void **state)
{
	(void)state;
	static const struct card_row rows[] = {{"00F70080", "0101FF 050101 06020302 9000"}, {"00F70080", "6D00"},
		{"00200080", "63C1"}, {"00F70080", "6A88"}, {"00200080", "6983"}, {"00F70080", "6D00"},
		{"00200080", "9000"}, {"00F70081", "6D00"}, {0}};
	static const int expected[] = {2, 1, 0, TOKEN_TRIES_UNKNOWN};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	int tries;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		assert_int_equal(piv->tries_left(&card, TOKEN_PIN, &tries, &e), OK);
		assert_int_equal(tries, expected[i]);
	}
	assert_int_equal(piv->tries_left(&card, TOKEN_PUK, &tries, &e), OK);
	assert_int_equal(tries, TOKEN_TRIES_UNKNOWN);
	assert_string_equal(s.unexpected, "");
}

static void management_key_has_the_cards_algorithm(void **state)
{
	(void)state;
	static const struct {
		const char *metadata;
		size_t length;
		const char *set;
	} table[] = {
		{"010103 9000", 24, "00FFFFFF 1B 039B18"},
		{"010108 9000", 16, "00FFFFFF 13 089B10"},
		{"01010A 02020001 050101 9000", 24, "00FFFFFF 1B 0A9B18"},
		{"01010C 9000", 32, "00FFFFFF 23 0C9B20"},
		{"6D00", 24, "00FFFFFF 1B 039B18"},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct card_row rows[] = {{"00F7009B", table[i].metadata}, {"00F7009B", table[i].metadata},
			{table[i].set, "9000"}, {"00F7009B", table[i].metadata}, {0}};
		struct card_script s = {.rows = rows};
		struct apdu_transport card = card_scripted(&s);
		struct secret key = {.length = table[i].length}, wrong = {.length = 23};
		size_t length = 0;
		assert_int_equal(piv->management_key_length(&card, &length, &e), OK);
		assert_int_equal(length, table[i].length);
		assert_int_equal(piv->set_management_key(&card, &key, &e), OK);
		assert_int_equal(piv->authenticate_management(&card, &wrong, &e), ERR_TOKEN_MANAGEMENT);
		assert_string_equal(s.unexpected, "");
	}
	static const struct card_row unknown[] = {{"00F7009B", "0101EE 9000"}, {0}};
	struct card_script s = {.rows = unknown};
	struct apdu_transport card = card_scripted(&s);
	size_t length;
	assert_int_equal(piv->management_key_length(&card, &length, &e), ERR_TOKEN_UNSUPPORTED);
}

/* A card that accepts any witness but doesn't know the key itself is found out by its answer to our challenge. */
static void card_that_does_not_know_the_key_is_refused(void **state)
{
	(void)state;
	static const struct card_row rows[] = {{"00F7009B", "6D00"},
		{"0087039B 04 7C028000", "7C0A 8008 0000000000000000 9000"},
		{"0087039B", "7C0A 8208 1111111111111111 9000"}, {0}};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	struct secret key;
	token_factory_management_key(&key);
	assert_int_equal(piv->authenticate_management(&card, &key, &e), ERR_TOKEN_MANAGEMENT);
}

static void unreadable_certificates_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *answer;
		enum err expected;
	} table[] = {
		{"6A82", ERR_TOKEN_NO_CERTIFICATE},
		{"5300 9000", ERR_TOKEN_NO_CERTIFICATE},
		{"5382038D 70820384 3082 9000", ERR_TOKEN_CERTIFICATE}, /* cut */
		{"5307 7002 3000 710100 9000", ERR_TOKEN_CERTIFICATE},	/* no certificate inside */
		{"5307 7002 1F8B 710101 9000", ERR_TOKEN_CERTIFICATE},	/* compressed */
		{"5304 7082 3000 9000", ERR_TOKEN_CERTIFICATE},		/* inner length too long */
		{"5302 7000 00 9000", ERR_TOKEN_CERTIFICATE},		/* something behind */
		{"7F00 9000", ERR_TOKEN_CERTIFICATE},
		{"9000", ERR_TOKEN_CERTIFICATE},
		{"6982", ERR_TOKEN_LOCKED},
		{"6F00", ERR_TOKEN_ANSWER},
		{NULL, ERR_TOKEN_REMOVED},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct card_row rows[] = {{"00CB3FFF 05 5C035FC105", table[i].answer}, {0}};
		struct card_script s = {.rows = rows};
		struct apdu_transport card = card_scripted(&s);
		struct bytes der = {0};
		assert_int_equal(piv->read_certificate(&card, TOKEN_SLOT_SIGN, &der, &e), table[i].expected);
		assert_int_equal(der.length, 0);
		bytes_free(&der);
	}
}

static void keys_and_signatures_from_the_card_are_checked(void **state)
{
	(void)state;
	static const char *const pairs[] = {"9000", "7F4900 9000", "7F4903 810101 9000", "7F4906 810101 820103 9000",
		"7F4905 8603040506 9000", "7F49 9000", "6108"};
	static const char *const signatures[] = {
		"9000", "7C00 9000", "7C04 82023000 9000", "7C82 9000", "7C0A 82083006020105020107 00 9000"};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (int algorithm = TOKEN_RSA_2048; algorithm <= TOKEN_P256; algorithm++) {
			const struct card_row rows[] = {{"0047009A 05 AC038001", pairs[i]}, {"00C0", "6F00"}, {0}};
			struct card_script s = {.rows = rows};
			struct apdu_transport card = card_scripted(&s);
			struct bytes out = {0};
			assert_int_equal(piv->generate(&card, TOKEN_SLOT_SIGN, algorithm, &out, &e), ERR_TOKEN_ANSWER);
			assert_int_equal(out.length, 0);
			bytes_free(&out);
		}
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
		const struct card_row rows[] = {{"0087119A 26 7C24 8200 8120", signatures[i]}, {0}};
		struct card_script s = {.rows = rows};
		struct apdu_transport card = card_scripted(&s);
		struct bytes out = {0};
		assert_int_equal(
			piv->sign(&card, TOKEN_SLOT_SIGN, TOKEN_P256, (uint8_t[32]){0}, &out, &e), ERR_TOKEN_ANSWER);
		assert_int_equal(out.length, 0);
		bytes_free(&out);
	}
}

static void sm2_needs_a_card_that_has_it(void **state)
{
	(void)state;
	static const struct card_row rows[] = {{"00EE0100", "6D00"}, {"00EE0100", "6982"},
		{"00EE0100", "01E00516E15377 9000"}, {"0047009A 05 AC03800177", "6A80"}, {0}};
	static const enum err expected[] = {ERR_TOKEN_UNSUPPORTED, ERR_TOKEN_LOCKED, ERR_TOKEN_UNSUPPORTED};
	struct card_script s = {.rows = rows};
	struct apdu_transport card = card_scripted(&s);
	struct bytes out = {0};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_int_equal(piv->generate(&card, TOKEN_SLOT_SIGN, TOKEN_SM2, &out, &e), expected[i]);
	assert_string_equal(s.unexpected, "");
	bytes_free(&out);
}

/* Whatever a card answers: no crash, and nothing that is handed out without a check. */
static void any_answer_is_survived(void **state)
{
	(void)state;
	struct secret pin = code("123456"), key;
	token_factory_management_key(&key);
	for (uint64_t seed = 1; seed <= 4000; seed++) {
		struct card_random r = {seed};
		struct apdu_transport card = card_anything(&r);
		struct bytes out = {0};
		char serial[TOKEN_SERIAL_SIZE] = "", version[16];
		bool mine;
		int tries;
		size_t length;
		piv->probe(&card, &mine, &e);
		if (piv->serial(&card, serial, &e) == OK)
			assert_true(serial[0] && strlen(serial) < sizeof serial);
		piv->version(&card, version, sizeof version);
		piv->tries_left(&card, seed % 2 ? TOKEN_PIN : TOKEN_PUK, &tries, &e);
		piv->management_key_length(&card, &length, &e);
		assert_int_not_equal(piv->authenticate_management(&card, &key, &e), OK);
		piv->set_management_key(&card, &key, &e);
		for (int algorithm = TOKEN_RSA_2048; algorithm <= TOKEN_SM2; algorithm++) {
			piv->generate(&card, TOKEN_SLOT_SIGN, algorithm, &out, &e);
			piv->sign(&card, TOKEN_SLOT_SIGN, algorithm, (uint8_t[32]){0}, &out, &e);
		}
		assert_int_not_equal(piv->read_certificate(&card, TOKEN_SLOT_SIGN, &out, &e), OK);
		piv->write_certificate(&card, TOKEN_SLOT_SIGN, serial, 40, &e);
		piv->verify_pin(&card, &pin, &e);
		piv->unblock(&card, &pin, &pin, &e);
		piv->reset(&card, &e);
		bytes_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probe_knows_foreign_cards),
		cmocka_unit_test(serial_comes_from_the_card_or_its_chuid),
		cmocka_unit_test(status_words_become_sentences),
		cmocka_unit_test(codes_of_a_wrong_form_never_reach_the_card),
		cmocka_unit_test(tries_come_from_metadata_or_verify),
		cmocka_unit_test(management_key_has_the_cards_algorithm),
		cmocka_unit_test(card_that_does_not_know_the_key_is_refused),
		cmocka_unit_test(unreadable_certificates_are_told_apart),
		cmocka_unit_test(keys_and_signatures_from_the_card_are_checked),
		cmocka_unit_test(sm2_needs_a_card_that_has_it),
		cmocka_unit_test(any_answer_is_survived),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
