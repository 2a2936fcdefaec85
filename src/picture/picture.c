#include "picture/picture.h"

#include <math.h>
#include <stdlib.h>

#include "base/child.h"
#include "picture/decode.h"
#include "picture/scale.h"

/* A JPEG of more pixels would not fit any limit at a legible quality. */
#define FIT_SIDE_MAX 8000
#define FIT_QUALITY_LEAST 60
#define FIT_QUALITY_MOST 90

static const struct child_errors child = {"picture", ERR_PICTURE_BROKEN, ERR_PICTURE_SLOW};

struct job {
	struct decode decode;
	size_t limit;
	struct bytes encoded;
};

enum { ANSWER_KIND, ANSWER_WIDTH, ANSWER_HEIGHT };

static void answer_info(const struct decode *d, int width, int height, struct child_answer *answer)
{
	bool turned = d->orientation >= 5;
	answer->numbers[ANSWER_KIND] = (int)d->kind;
	answer->numbers[ANSWER_WIDTH] = turned ? height : width;
	answer->numbers[ANSWER_HEIGHT] = turned ? width : height;
}

/* In the child. */
static enum err work_probe(void *context, struct child_answer *answer, struct error *e)
{
	struct job *job = context;
	enum err err = decode_picture(&job->decode, e);
	answer_info(&job->decode, job->decode.width, job->decode.height, answer);
	return err;
}

/* In the child. */
static enum err work_decode(void *context, struct child_answer *answer, struct error *e)
{
	struct job *job = context;
	enum err err = decode_picture(&job->decode, e);
	const struct picture *p = &job->decode.picture;
	answer->numbers[ANSWER_KIND] = (int)job->decode.kind;
	answer->numbers[ANSWER_WIDTH] = p->width;
	answer->numbers[ANSWER_HEIGHT] = p->height;
	answer->data = err == OK ? p->pixels : NULL;
	answer->length = (size_t)p->width * (size_t)p->height * 3;
	return err;
}

/* The best quality at this size that fits; where none does, `out` has the lowest and is over the limit. */
static enum err encode_best(const struct picture *p, size_t limit, struct bytes *out, struct error *e)
{
	int fits = FIT_QUALITY_LEAST, fails = FIT_QUALITY_MOST + 1, last = fits;
	enum err err = picture_encode(p, fits, out, e);
	if (err != OK || out->length > limit)
		return err;
	while (err == OK && fails - fits > 1) {
		last = (fits + fails) / 2;
		err = picture_encode(p, last, out, e);
		if (out->length <= limit)
			fits = last;
		else
			fails = last;
	}
	return err == OK && last != fits ? picture_encode(p, fits, out, e) : err;
}

static int longer_side(const struct picture *p)
{
	return p->width > p->height ? p->width : p->height;
}

/* In the child. */
static enum err work_fit(void *context, struct child_answer *answer, struct error *e)
{
	struct job *job = context;
	struct picture *p = &job->decode.picture;
	enum err err = decode_picture(&job->decode, e);
	if (err == ERR_PICTURE_MORE)
		err = OK;
	int side = longer_side(p), least = side < PICTURE_FIT_SIDE ? side : PICTURE_FIT_SIDE;
	while (err == OK) {
		err = encode_best(p, job->limit, &job->encoded, e);
		if (err != OK || job->encoded.length <= job->limit)
			break;
		if (side <= least)
			return error_set(e, ERR_PICTURE_FIT, "%zu", job->limit);
		side = (int)(side * fmin(0.95, 0.98 * sqrt((double)job->limit / (double)job->encoded.length)));
		side = side < least ? least : side;
		struct picture smaller = {0};
		err = picture_shrink(p, side, side, &smaller, e);
		picture_free(p);
		*p = smaller;
	}
	answer->data = err == OK ? job->encoded.data : NULL;
	answer->length = job->encoded.length;
	return err;
}

static void take_info(struct picture_info *info, enum picture_kind kind, const struct child_answer *answer)
{
	if (!info)
		return;
	int width = answer->numbers[ANSWER_WIDTH], height = answer->numbers[ANSWER_HEIGHT];
	bool known = width > 0 && height > 0 && width <= PICTURE_SIDE_MAX && height <= PICTURE_SIDE_MAX;
	*info = (struct picture_info){
		.kind = kind,
		.width = known ? width : 0,
		.height = known ? height : 0,
		.mime = picture_mime(kind),
		.extension = picture_extension(kind),
	};
}

enum err picture_probe(const void *data, size_t length, struct picture_info *info, struct error *e)
{
	struct job job = {.decode = {.data = data, .length = length}};
	struct child_answer answer = {0};
	struct bytes none = {0};
	enum picture_kind kind = picture_sniff(data, length);
	enum err err = kind == PICTURE_NONE ? decode_picture(&job.decode, e)
					    : child_run(work_probe, &job, 0, &child, &answer, &none, e);
	take_info(info, kind, &answer);
	bytes_free(&none);
	return err;
}

enum err picture_decode(const void *data, size_t length, int max_width, int max_height, struct picture *out,
			struct error *e)
{
	struct job job = {.decode = {.data = data,
				     .length = length,
				     .keep = true,
				     .max_width = max_width,
				     .max_height = max_height}};
	struct child_answer answer = {0};
	struct bytes pixels = {0};
	*out = (struct picture){0};
	if (picture_sniff(data, length) == PICTURE_NONE)
		return decode_picture(&job.decode, e);
	enum err err = child_run(work_decode, &job, (size_t)PICTURE_PIXELS_MAX * 3, &child, &answer, &pixels, e);
	if (err != OK)
		return err;
	long long width = answer.numbers[ANSWER_WIDTH], height = answer.numbers[ANSWER_HEIGHT];
	if (width < 1 || height < 1 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
	    (max_width > 0 && width > max_width) || (max_height > 0 && height > max_height) ||
	    (size_t)(width * height * 3) != pixels.length) {
		bytes_free(&pixels);
		return error_set(e, ERR_PICTURE_BROKEN, "%s", "");
	}
	*out = (struct picture){.width = (int)width, .height = (int)height, .pixels = pixels.data};
	return OK;
}

enum err picture_fit(const void *data, size_t length, size_t limit, struct bytes *out, struct picture_info *info,
		     struct error *e)
{
	struct job job = {.decode = {.data = data,
				     .length = length,
				     .keep = true,
				     .max_width = FIT_SIDE_MAX,
				     .max_height = FIT_SIDE_MAX},
			  .limit = limit};
	struct child_answer answer = {0};
	bytes_free(out);
	enum err err = picture_probe(data, length, info, e);
	if (err == OK && length <= limit)
		return bytes_add(out, data, length) == OK ? OK : error_set(e, ERR_MEMORY, "%zu", length);
	if (err == OK || err == ERR_PICTURE_MORE)
		err = child_run(work_fit, &job, limit, &child, &answer, out, e);
	if (err == OK)
		err = picture_probe(out->data, out->length, info, e);
	if (err != OK)
		bytes_free(out);
	return err;
}
