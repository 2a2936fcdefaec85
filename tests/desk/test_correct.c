/* What may still be changed of an order that is signed, and who may take its documents away. */
#include "case.h"

static json_t *out;
static json_t **fresh(void)
{
	json_decref(out);
	out = NULL;
	return &out;
}

static void edit(struct unit_case *c, const char *name, const char *value, enum err wanted)
{
	json_t *data = json_pack("{ss}", name, value);
	c->e = (struct error){0};
	site_is(wanted, draft_edit(c->d, c->no, data, &c->e), &c->e);
	json_decref(data);
}

static void mailed(struct unit_case *c, void (*to)(const struct site *, struct desk *, const char *, const json_t *, char *))
{
	json_t *changes = json_pack("{ss ss ss}", "delivery", "mail", "mail_region", "110114", "mail_address", "某路1号");
	to(&c->site, c->d, "new-unit", changes, c->no);
	json_decref(changes);
	site_as(&c->site, c->d, "op1");
}

static void test_a_mistyped_mail_address_is_corrected_after_signature(void **state)
{
	struct unit_case *c = *state;
	mailed(c, site_approved);
	edit(c, "mail_address", "某路2号", OK);
	site_is(OK, order_reveal(c->d, c->no, fresh(), &c->e), &c->e);
	assert_string_equal(json_text(json_object_get(out, "fields"), "mail_address"), "某路2号");
	assert_string_equal(json_text(out, "status"), "approved");
}

static void test_delivery_is_signed_as_it_decides_the_price(void **state)
{
	struct unit_case *c = *state;
	json_t *mail = json_pack("{ss ss ss}", "delivery", "mail", "mail_region", "110114", "mail_address", "某路1号");
	site_signed(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "op1");
	site_is(OK, draft_edit(c->d, c->no, mail, &c->e), &c->e); /* the signature is void: signed and priced again */
	status_is(c, "returned");
	json_decref(mail);
}

static void test_delivery_stays_as_it_was_paid(void **state)
{
	struct unit_case *c = *state;
	mailed(c, site_approved);
	edit(c, "delivery", "counter", ERR_DESK_STATUS);
	assert_non_null(strstr(c->e.detail, "退款"));
	site_is(OK, order_show(c->d, c->no, fresh(), &c->e), &c->e);
	assert_string_equal(json_text(out, "delivery"), "mail");
	assert_string_equal(json_text(json_object_get(out, "fields"), "delivery"), "mail");
}

static void test_a_document_that_is_taken_away_is_journalled(void **state)
{
	struct unit_case *c = *state;
	struct bytes picture = {0};
	int exports = 0;
	json_t *row;
	size_t i;
	site_paid(&c->site, c->d, "new-unit", NULL, c->no);
	site_as(&c->site, c->d, "rv1");
	site_is(OK, attach_read(c->d, c->no, "seal-sample", &picture, &c->e), &c->e); /* a look isn't */
	bytes_free(&picture);
	site_is(OK, attach_export(c->d, c->no, "seal-sample", &picture, &c->e), &c->e);
	assert_true(picture.length > 100);
	bytes_free(&picture);
	site_is(ERR_DESK_NO_DOCUMENT, attach_export(c->d, c->no, "no-such", &picture, &c->e), &c->e);
	site_as(&c->site, c->d, "root1");
	site_is(ERR_DESK_FORBIDDEN, attach_export(c->d, c->no, "seal-sample", &picture, &c->e), &c->e);
	assert_int_equal(picture.length, 0);
	site_as(&c->site, c->d, "au1");
	site_is(OK, order_history(c->d, c->no, fresh(), &c->e), &c->e);
	json_array_foreach(out, i, row)
		if (strcmp(json_text(row, "action"), "attach.export") == 0) {
			exports++;
			assert_string_equal(json_text(json_object_get(row, "facts"), "kind"), "seal-sample");
		}
	assert_int_equal(exports, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_mistyped_mail_address_is_corrected_after_signature), CASE(test_delivery_is_signed_as_it_decides_the_price),
		CASE(test_delivery_stays_as_it_was_paid), CASE(test_a_document_that_is_taken_away_is_journalled),
	};
	int failed = cmocka_run_group_tests(tests, base_make, base_end);
	json_decref(out);
	return failed;
}
