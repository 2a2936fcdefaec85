/* libFuzzer on the picture decoders, in this process. Starts from made pictures and
 * mends PNG checksums half of the time, so that damage reaches the decoder. */
#include "fuzz.h"

#include <string.h>

#include "../lib/pictures.h"
#include "picture/decode.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decode d = {.data = data, .length = size, .max_width = 40, .max_height = 40, .keep = true};
	decode_picture(&d, NULL);
	picture_free(&d.picture);
	return 0;
}

static size_t start_anew(uint8_t *data, size_t room, uint32_t seed)
{
	static void (*const makers[])(struct bytes *, const struct make *) = {make_jpeg, make_png, make_gif};
	static const enum make_color colors[][3] = {
		{MAKE_RGB, MAKE_GREY, MAKE_YCCK},
		{MAKE_RGB, MAKE_PALETTE, MAKE_RGBA},
		{MAKE_PALETTE, MAKE_RGBA, MAKE_RGBA},
	};
	struct bytes b = {0};
	unsigned kind = make_random(&seed) % 3;
	struct make m = {.width = 24, .height = 20, .color = colors[kind][make_random(&seed) % 3]};
	m.progressive = make_random(&seed) % 2;
	m.orientation = (int)(make_random(&seed) % 9);
	makers[kind](&b, &m);
	size_t length = b.length < room ? b.length : room;
	memcpy(data, b.data, length);
	bytes_free(&b);
	return length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
	if (picture_sniff(data, size) == PICTURE_NONE)
		return start_anew(data, room, seed);
	size = LLVMFuzzerMutate(data, size, room);
	if (seed % 2 && picture_sniff(data, size) == PICTURE_PNG)
		make_png_checksums(data, size);
	return size;
}
