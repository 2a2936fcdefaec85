#include "desk/round.h"

#include <stddef.h>

bool round_goes_on(enum err result)
{
	static const enum err stops[] = {ERR_MEMORY,     ERR_STORE_MISSING, ERR_STORE_NEWER,  ERR_STORE_READONLY,
	                                 ERR_STORE_FULL, ERR_STORE_BUSY,    ERR_STORE_BROKEN, ERR_DESK_RESTORED};
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		if (result == stops[i])
			return false;
	return true;
}
