/* Money that came by a code goes back by the provider, once a manager has approved. Each refund has a number of its own that is recorded
 * before it is sent and never changes: after a cut or an unclear answer the provider is asked for it first. It is done when the provider
 * says that the money went back; that it took the request is not enough. */
#ifndef CERTDESK_DESK_QRREFUND_H
#define CERTDESK_DESK_QRREFUND_H

#include "desk/provider.h"

/* Sends the approved row `refund` back, and books it; waits for the provider. *refunded as of refund_settle. Errors: those of provider.h,
 * ERR_PAY_PROVIDER_REFUSED (it stays approved), ERR_QR_REFUND_WAITS, ERR_REFUND_NONE (it isn't waiting any more). MAY_REFUND_DONE. */
enum err qr_refund_pay(struct desk *d, int64_t refund, bool *refunded, char request_no[ALIPAY_NUMBER_SIZE], struct error *e);
/* All that are approved, of one subject or (NULL) of all, without a person: the approval was theirs. *done is how many went back;
 * `why` (may be NULL) is the last failure, with code OK where there was none. For `tick`, and behind an approval. */
enum err qr_refund_all(struct desk *d, const char *subject, int64_t *done, struct error *why, struct error *e);
/* A manager's approval, as refund_approve; what came by a code goes back at once, and what can't (`why`, with code OK where nothing was
 * kept back) is tried again by `tick`. *out as of refund_approve with "sent_back", how many went back by the provider. */
enum err qr_refund_approve(struct desk *d, const char *subject, json_t **out, struct error *why, struct error *e);

#endif
