/* The decoders themselves, in this process. Only the child of child.h and the
 * fuzzer call them; everybody else goes by picture.h. */
#ifndef CERTDESK_PICTURE_DECODE_H
#define CERTDESK_PICTURE_DECODE_H

#include <stdbool.h>

#include "picture/picture.h"

/* One decoding. The first part is what the caller wants, the second what was found. */
struct decode {
	const uint8_t *data;
	size_t length;
	int max_width, max_height; /* as looked at; 0: no bound */
	bool keep;                 /* false: check only, no pixels */

	enum picture_kind kind;
	int width, height;      /* as stored in the file */
	int orientation;        /* EXIF's 1..8 */
	size_t end;             /* where the picture ends in the data */
	struct picture picture; /* with `keep`: as looked at; the caller frees it */
};

/* Decodes everything. The errors are picture_probe's. With ERR_PICTURE_MORE all of
 * `d` is filled in as with OK. */
enum err decode_picture(struct decode *d, struct error *e);

/* One kind each: fills width, height, orientation, end, and picture as stored. */
enum err decode_jpeg(struct decode *d, struct error *e);
enum err decode_png(struct decode *d, struct error *e);
enum err decode_gif(struct decode *d, struct error *e);

/* Takes a size from a header, or refuses it with ERR_PICTURE_SIZE. */
enum err decode_take_size(struct decode *d, unsigned long width, unsigned long height, struct error *e);

/* Whether it is all zeros: scanners pad so, anything else could be a second file. */
bool decode_only_zeros(const uint8_t *data, size_t length);

#endif
