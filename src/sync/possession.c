#include "sync/possession.h"

enum err possession_text(const char *site, const char *challenge, struct bytes *out)
{
	return bytes_format(out, "certdesk certificate custody\n%s\n%s\n", site, challenge);
}
