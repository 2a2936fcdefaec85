#include "print/qr.h"

#include <qrencode.h>

enum { QUIET = 4 };

static bool dark(const QRcode *code, int row, int column)
{
	row -= QUIET;
	column -= QUIET;
	return row >= 0 && column >= 0 && row < code->width && column < code->width && (code->data[row * code->width + column] & 1);
}

bool qr_blocks(const char *text, struct bytes *out, int *columns)
{
	static const char *const blocks[2][2] = {{" ", "▄"}, {"▀", "█"}};
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (!code)
		return false;
	int side = code->width + 2 * QUIET;
	bool good = true;
	for (int row = 0; good && row < side; row += 2) {
		for (int column = 0; good && column < side; column++)
			good = bytes_text(out, blocks[dark(code, row, column)][dark(code, row + 1, column)]) == OK;
		good = good && bytes_text(out, "\n") == OK;
	}
	*columns = side;
	QRcode_free(code);
	return good;
}
