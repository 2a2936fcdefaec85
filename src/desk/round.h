/* A timer's round over many orders or holders: one that fails is told, and doesn't stop those behind it. Private to src/desk. */
#ifndef CERTDESK_DESK_ROUND_H
#define CERTDESK_DESK_ROUND_H

#include <stdbool.h>

#include "base/error.h"

/* Whether to go on behind this result: false where all that follows would fail of the same, a fault of the whole store or of the machine. */
bool round_goes_on(enum err result);

#endif
