/* Pictures for tests, made on the spot. Each shows four quarters: red, green / blue,
 * black, so that a turned or mirrored one tells. All functions add to `out`, which
 * the caller frees with bytes_free, and abort the program where a library fails. */
#ifndef CERTDESK_TESTS_PICTURES_H
#define CERTDESK_TESTS_PICTURES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum make_color { MAKE_RGB, MAKE_GREY, MAKE_CMYK, MAKE_YCCK, MAKE_PALETTE, MAKE_RGBA, MAKE_GREY_ALPHA, MAKE_BILEVEL };

struct make {
	int width, height;
	enum make_color color;
	bool progressive; /* JPEG: progressive; PNG and GIF: interlaced */
	bool deep;        /* PNG: 16 bits */
	int orientation;  /* JPEG: EXIF's 1..8; 0: no EXIF */
	int quality;      /* JPEG; 0: 90 */
	unsigned noise;   /* added to each channel at random up to this, by a fixed seed */
	int frames;       /* GIF; 0: 1 */
};

/* RGB, GREY, CMYK (as Adobe inverts it), YCCK. */
void make_jpeg(struct bytes *out, const struct make *m);
/* RGB, GREY, PALETTE, BILEVEL (black and white), RGBA and GREY_ALPHA (right half transparent). */
void make_png(struct bytes *out, const struct make *m);
/* PALETTE; with RGBA the black quarter is transparent. */
void make_gif(struct bytes *out, const struct make *m);

/* A PNG that says `width` × `height` (one bit deep) and holds `rows` rows of zeros. */
void make_png_claiming(struct bytes *out, unsigned width, unsigned height, unsigned rows);

/* The colour of quarter 0..3 (top left, top right, bottom left, bottom right). */
const uint8_t *make_quarter(int quarter);

/* Sets the checksums of all chunks right again. */
void make_png_checksums(uint8_t *data, size_t length);

/* The next number of a fixed sequence; *state is the seed. */
uint32_t make_random(uint32_t *state);
/* Damages `b` in one of several ways: bits, runs, cuts, doubled and lost parts, big numbers. */
void make_mutation(struct bytes *b, uint32_t *state);

#endif
