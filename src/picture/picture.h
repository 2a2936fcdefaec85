/* Pictures of documents: what they are, whether they are whole, how they look.
 *
 * A picture comes from outside and is hostile. Every decoding of one
 * (picture_probe, picture_decode, picture_fit) happens in a forked child with
 * limits on memory, time and system calls; only a checked result comes back. A
 * child that dies means ERR_PICTURE_BROKEN, never a dead desk. The child touches
 * neither terminal nor files.
 *
 * Taken, by content and never by name: JPEG (baseline, progressive, grey, CMYK,
 * YCCK; EXIF orientation applied), PNG (all kinds; alpha over white), GIF with
 * one frame. Refused: what is cut, damaged (any warning of the decoder that
 * means lost data), over the sizes below, animated, or followed by anything but
 * zero bytes. */
#ifndef CERTDESK_PICTURE_PICTURE_H
#define CERTDESK_PICTURE_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

/* Bytes a stored document may have; above it picture_fit is offered. */
#define PICTURE_LIMIT 1572864
/* Bytes to read at all: give this to file_read, so that a huge file is refused unread. */
#define PICTURE_READ_LIMIT (64u << 20)
/* Pixels of one side, and of the whole (A3 at 600 dpi is 70 million). */
#define PICTURE_SIDE_MAX 20000
#define PICTURE_PIXELS_MAX 80000000
/* picture_fit never makes the longer side shorter than this. */
#define PICTURE_FIT_SIDE 1200

enum picture_kind { PICTURE_NONE, PICTURE_JPEG, PICTURE_PNG, PICTURE_GIF };

struct picture_info {
	enum picture_kind kind;
	int width, height;     /* pixels as it is looked at, after EXIF orientation */
	const char *mime;      /* "image/jpeg"; static */
	const char *extension; /* "jpg"; static */
};

/* Pixels: three bytes each (red, green, blue), rows from the top without padding. */
struct picture {
	int width, height;
	uint8_t *pixels;
};

/* The kind that the first bytes tell; PICTURE_NONE for anything else. Decodes nothing. */
enum picture_kind picture_sniff(const void *data, size_t length);
/* "image/png", "png"; for PICTURE_NONE "application/octet-stream", "bin". Static. */
const char *picture_mime(enum picture_kind kind);
const char *picture_extension(enum picture_kind kind);

/* The strict check: decodes everything. OK means whole and allowed, whatever its
 * length in bytes (the caller compares with PICTURE_LIMIT: ERR_PICTURE_TOO_BIG).
 * `info` may be NULL; on failure it holds what is known, kind at least.
 * ERR_PICTURE_EMPTY    no bytes
 * ERR_PICTURE_KIND     neither JPEG, PNG nor GIF
 * ERR_PICTURE_UNUSUAL  a kind of JPEG, PNG or GIF that can't be read (12 bits, lossless)
 * ERR_PICTURE_SIZE     too many pixels, or sides that can't be
 * ERR_PICTURE_CUT      ends too early
 * ERR_PICTURE_BROKEN   damaged, or the decoder died of it
 * ERR_PICTURE_ANIMATED several frames
 * ERR_PICTURE_MORE     something follows the picture in the file
 * ERR_PICTURE_SLOW     takes too long to decode
 * ERR_CHILD, ERR_MEMORY */
enum err picture_probe(const void *data, size_t length, struct picture_info *info, struct error *e);

/* Decodes to at most `max_width` × `max_height` pixels as looked at (0: no bound),
 * keeping the proportion, averaging areas, never enlarging. The same errors as
 * picture_probe, so what shows is whole. Free with picture_free. */
enum err picture_decode(const void *data, size_t length, int max_width, int max_height, struct picture *out,
			struct error *e);
void picture_free(struct picture *p);

/* Makes a picture that takes at most `limit` bytes and passes picture_probe. One
 * that does already is returned as it is. Else a JPEG without metadata: the best
 * quality from 90 to 60 at full size, then smaller sizes down to PICTURE_FIT_SIDE.
 * Takes what picture_probe refuses with ERR_PICTURE_MORE: the picture alone is kept.
 * `out` is freed by the caller (bytes_free); `info` (may be NULL) tells of the result.
 * ERR_PICTURE_FIT where it would not stay legible; else as picture_probe. */
enum err picture_fit(const void *data, size_t length, size_t limit, struct bytes *out, struct picture_info *info,
		     struct error *e);

/* Encodes a picture of our own as JPEG, quality 1 to 100; `out` is replaced. ERR_MEMORY. */
enum err picture_encode(const struct picture *p, int quality, struct bytes *out, struct error *e);

/* A part, in thousandths of width and height (clamped to the picture, at least one
 * pixel), as a new picture. ERR_MEMORY. */
enum err picture_crop(const struct picture *p, int x, int y, int width, int height, struct picture *out,
		      struct error *e);
/* A new picture that fits `max_width` × `max_height`, by averaging; never enlarges. ERR_MEMORY. */
enum err picture_shrink(const struct picture *p, int max_width, int max_height, struct picture *out, struct error *e);

/* What the terminal can show. */
enum picture_colors {
	PICTURE_MONO, /* fg and bg are always PICTURE_DEFAULT: characters alone */
	PICTURE_16,   /* palette 0..15 */
	PICTURE_256,  /* palette 16..255, the part terminals agree on */
	PICTURE_TRUE, /* 0xRRGGBB */
};
#define PICTURE_DEFAULT (-1)

/* One column wide each. In PICTURE_MONO a set area is drawn with the foreground,
 * taken as light on dark. */
struct picture_cell {
	uint32_t code;
	int32_t fg, bg; /* by the mode asked for; PICTURE_DEFAULT is the terminal's own */
};
struct picture_cells {
	int columns, rows;          /* at most what was asked for, by the picture's proportion */
	struct picture_cell *cells; /* row by row */
};

/* Draws for cells twice as high as wide. Block characters only. Free with
 * picture_cells_free. ERR_MEMORY. */
enum err picture_cells(const struct picture *p, int columns, int rows, enum picture_colors colors,
		       struct picture_cells *out, struct error *e);
void picture_cells_free(struct picture_cells *c);

/* The picture as one sixel string (ESC P … ESC \, nothing before or after) of at
 * most that many pixels, never enlarged; added to `out`. `registers` is how many
 * colours the terminal holds (its answer N to ESC [ ? 1 ; 1 ; 0 S is ESC [ ? 1 ; 0 ; N S;
 * xterm as VT340 holds 16): from 256 on colours are the picture's, below the sixteen
 * usual ones; 0 where it didn't say. ERR_MEMORY. */
enum err picture_sixel(const struct picture *p, int max_width, int max_height, int registers, struct bytes *out,
		       struct error *e);
/* How high a sixel may be on a terminal of that many rows and pixels, so that its last row stays free and nothing scrolls: the
 * pixels may count a border and a strip below the last row, as xterm's over a whole screen do. */
int picture_sixel_room(int rows, int pixels);

#endif
