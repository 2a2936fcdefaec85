/* Text: UTF-8 as it comes from outside, made safe. Widths are terminal columns. */
#ifndef CERTDESK_BASE_TEXT_H
#define CERTDESK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define TEXT_INVALID 0xFFFD /* the replacement character */

/* Reads one code point at `s` (terminated). Returns the bytes used: 0 at the
 * end, 1 with *code = TEXT_INVALID for a byte that starts nothing valid. */
size_t text_decode(const char *s, uint32_t *code);
/* Writes `code` as UTF-8 (at most 4 bytes, not terminated) and returns the length. */
size_t text_encode(uint32_t code, char out[4]);
bool text_valid(const char *s, size_t length);

/* Copies with termination, cut at a whole character. Returns true if all fitted. */
bool text_copy(char *out, size_t size, const char *s);

/* Columns of one code point (0 for combining marks, 2 for wide, never negative) and of a string. */
int text_char_width(uint32_t code);
int text_width(const char *s);
/* The same, quickly, for what most texts are made of: printable ASCII, Chinese characters, full-width forms. -1 where `s`
 * has any other character or more than `most` bytes. What has a plain width is printable as it is. */
int text_plain_width(const char *s, size_t most);
/* Bytes of the longest prefix of `s` that takes at most `columns`; whole grapheme clusters only. */
size_t text_fit(const char *s, int columns);
/* Length in bytes of the grapheme cluster at `s` (0 at the end). */
size_t text_cluster(const char *s);
/* Copies `s` cut or padded with spaces to exactly `columns`; marks a cut with "…". */
void text_pad(char *out, size_t size, const char *s, int columns);

/* A control, bidi or replacement character, or a line's or paragraph's end. */
bool text_char_hidden(uint32_t code);
/* Whether all of `s` can be read off and keyed in again: UTF-8 without such characters, or others that take no room;
 * the second form also without spaces. For what names one thing, so that no two look the same. */
bool text_visible(const char *s);
bool text_visible_word(const char *s);
/* Nothing of it can be seen: spaces and such characters alone. */
bool text_blank(const char *s);
/* Copies `s` with control, bidi-override and invalid bytes shown as "·", so that it
 * can go to a terminal; the second form keeps newlines. */
void text_printable(char *out, size_t size, const char *s);
void text_printable_lines(char *out, size_t size, const char *s);

/* NFC of `s` in a new string (free with free), or NULL where `s` is no UTF-8 or memory ends. */
char *text_nfc(const char *s);

/* Folds full-width ASCII (！ to ～, ideographic space, 。) to ASCII in place of each;
 * returns a new string, NULL when memory ends. Invalid bytes are kept. */
char *text_fold_width(const char *s);

/* Removes spaces (any Unicode space) at both ends, in place. */
void text_trim(char *s);

bool text_starts(const char *s, const char *prefix);
/* Whether the word is among those of `words`, which spaces part. */
bool text_has_word(const char *words, const char *word);
/* Masks the middle: "11010519491231002X" → "110105********002X", "李四" → "李*"; new string. */
char *text_mask(const char *s);

#endif
