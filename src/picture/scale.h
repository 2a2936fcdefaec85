/* Making pictures smaller, row by row, by averaging areas exactly; turning them. */
#ifndef CERTDESK_PICTURE_SCALE_H
#define CERTDESK_PICTURE_SCALE_H

#include "picture/picture.h"

struct scaler {
	int width, height, row; /* of what comes in; rows taken so far */
	uint32_t *line;         /* one row, summed sideways */
	uint64_t *sums;         /* the row being made */
	struct picture out;
};

/* The size that fits the bounds (0: none) in the same proportion, never larger. */
void scale_fit(int *width, int *height, int max_width, int max_height);

/* From `width` × `height` to a picture of exactly `to_width` × `to_height`, neither larger. ERR_MEMORY. */
enum err scale_start(struct scaler *s, int width, int height, int to_width, int to_height, struct error *e);
/* Takes the next row of `width` RGB pixels. Call exactly `height` times. */
void scale_row(struct scaler *s, const uint8_t *rgb);
/* Gives the picture away (`out` may be NULL) and frees the rest; safe on a zeroed scaler. */
void scale_end(struct scaler *s, struct picture *out);

/* Turns a picture as EXIF's orientation 1..8 asks. ERR_MEMORY leaves it as it was. */
enum err scale_turn(struct picture *p, int orientation, struct error *e);

#endif
