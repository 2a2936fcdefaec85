#include "hub/crlfile.h"

#include "hub/authority.h"

/* Empty where there is none, or nobody wants it in a file; the authority is open then. */
static enum err wanted(struct hub *hub, struct bytes *der, struct error *e)
{
	if (!*hub->options.crl_file || !authority_exists(hub))
		return OK;
	enum err r = authority_open(hub, e);
	return r ? r : authority_crl_der(hub, der, e);
}

enum err crlfile_place(struct hub *hub, struct error *e)
{
	struct bytes der = {0};
	enum err r = wanted(hub, &der, e);
	if (!r && der.length)
		r = crl_put(authority_ca(hub), hub->options.crl_file, &der, hub_now(hub), e);
	bytes_free(&der);
	return r;
}

enum err crlfile_placed(struct hub *hub, struct error *e)
{
	struct bytes der = {0};
	enum err r = wanted(hub, &der, e);
	if (!r && der.length)
		r = crl_lies(authority_ca(hub), hub->options.crl_file, &der, hub_now(hub), e);
	bytes_free(&der);
	return r;
}
