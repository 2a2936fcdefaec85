/* Screens: what the operator sees and does, as tables. A screen is a
 * `struct screen_class` of functions with a table of actions; key bar, F1 help,
 * F9 menu and clicks come from that table. Handlers change state and return what
 * must be drawn; drawing happens later, in `draw`, when no input is waiting.
 * Screens form a stack. Dialogs (dialog.h) lie over the top screen.
 *
 *   row 0         title: place · station · person  line  marks        clock
 *   row 1 … n-3   the screen's own pane
 *   row n-2       message line; a long message grows upwards
 *   row n-1       key bar
 *
 * Under 80×24 a sentence asks to enlarge the window; state is kept, keys are not taken. */
#ifndef CERTDESK_UI_SCREEN_H
#define CERTDESK_UI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/lang.h"
#include "ui/key.h"
#include "ui/pane.h"
#include "ui/term.h"

struct ui;

enum action_flags {
	ACTION_HIDDEN = 1, /* not on the key bar (still in menu and help) */
	ACTION_FIRST = 2,  /* stays on the bar when there isn't room for all */
	ACTION_SPOT = 4    /* its key works without the right too: a second person may authorise it on the spot */
};
/* In the flags too: the right that the actor needs for it, or one of two; without it nothing tells of the action, not even
 * help. Rights are the program's own numbers, which ui_options.may knows. */
#define ACTION_NEEDS(right) (((unsigned)(right) + 1) << 8)
#define ACTION_OR(right) (((unsigned)(right) + 1) << 20)
/* One row for each thing the operator can do. A table ends with a zeroed row. Ids are the screen's
 * own, from 1. `key` is an enum ui_key, UI_CTRL('x') or a plain ASCII character; a plain character is
 * an action only while the screen isn't typing (ui_typing). */
struct action {
	int id;
	int key;
	const char *zh, *en;           /* two to four characters for the bar */
	const char *group_zh, *group_en; /* heading in help and menu, NULL: as the row above */
	const char *help_zh, *help_en; /* a sentence, NULL: the bar's text */
	unsigned flags;
};

enum {
	UI_NONE = 0, /* nothing to draw */
	UI_DRAW = 1, /* the screen's pane */
	UI_BARS = 2, /* title and key bar too */
	UI_PASS = 4  /* not mine: let the ui do what it does by default (F1, F9, F10/ESC back) */
};

struct screen_class {
	const char *zh, *en;          /* title, shown in the title line */
	const struct action *actions; /* NULL: none */
	/* Makes the state `*data` from the caller's `arg`. On an error the screen isn't shown and the
	 * sentence stands in the message line. May be NULL (then data = arg). */
	enum err (*open)(struct ui *ui, void *arg, void **data, struct error *e);
	/* Draws all of the pane (already cleared) and sets the cursor (pane_cursor). */
	void (*draw)(struct ui *ui, void *data, struct pane *pane);
	/* One event. Returns UI_… flags. May push, pop, replace, run dialogs. NULL: UI_PASS. */
	unsigned (*handle)(struct ui *ui, void *data, const struct event *event);
	/* Called about every 250 ms while the screen is on top (dialogs above included). May be NULL. */
	unsigned (*tick)(struct ui *ui, void *data);
	/* The screen is shown again after one above it was closed. May be NULL. */
	unsigned (*back)(struct ui *ui, void *data);
	/* Frees the state. While the program is ending (ui_ending) the terminal may be gone:
	 * save, ask nothing. May be NULL. */
	void (*close)(struct ui *ui, void *data);
	/* The action is offered now (bar, menu, key). NULL: always. */
	bool (*offered)(struct ui *ui, void *data, int action);
	/* The key with this serial was put in, or with `in` false pulled out, while nothing is typed and no dialog is open.
	 * NULL: the screen reads keys by itself, or wants none. */
	unsigned (*token)(struct ui *ui, void *data, const char *serial, bool in);
};

struct ui_options {
	struct term_options term;
	struct clock clock;
	int idle_seconds;                        /* 0: never */
	void (*idle)(struct ui *ui, void *arg);  /* locks; runs dialogs, returns when unlocked */
	void (*shown)(struct ui *ui, void *arg); /* once, when the first screen was drawn and before any key is looked at; may be NULL */
	void (*every)(struct ui *ui, void *arg); /* about every 250 ms, behind the screen's tick; may be NULL */
	const struct action *actions;            /* offered on every screen (menu, help, keys); ids from 1000; NULL */
	unsigned (*act)(struct ui *ui, void *arg, int action); /* performs them; returns UI_… */
	bool (*offered)(struct ui *ui, void *arg, int action);  /* such an action is offered now; NULL: always */
	bool (*may)(struct ui *ui, void *arg, int right);       /* ACTION_NEEDS; NULL: always */
	void *arg;                               /* for all of these; ui_arg() gives it to screens */
};

/* Starts the terminal, as term_prepare does. */
enum err ui_start(const struct ui_options *options, struct ui **out, struct error *e);
/* Other options than it was started with: what `shown` has found out. */
void ui_configure(struct ui *ui, const struct ui_options *options);
void ui_end(struct ui **ui); /* closes all screens, top first, and restores the terminal */
void *ui_arg(struct ui *ui);
struct term *ui_term(struct ui *ui);
int64_t ui_now(struct ui *ui); /* UTC seconds */

/* Shows a screen on top and runs until it is closed: the main loop, and a question answered by a whole screen. */
enum err ui_run(struct ui *ui, const struct screen_class *class, void *arg, struct error *e);
/* Shows a screen on top and returns at once; the running loop goes on with it. A failed open shows its sentence. */
enum err ui_push(struct ui *ui, const struct screen_class *class, void *arg);
/* Closes the top screen when the handler has returned; ui_pop_to closes all above the lowest `class`. */
void ui_pop(struct ui *ui);
void ui_pop_to(struct ui *ui, const struct screen_class *class);
/* What is asked above the screens gives up, as if the operator had said no, until a screen that wasn't popped has the
 * keys again: the session under a dialog has ended. */
void ui_abandon(struct ui *ui);
enum err ui_replace(struct ui *ui, const struct screen_class *class, void *arg); /* pop and push */
bool ui_ending(const struct ui *ui); /* SIGTERM, SIGHUP, a lost terminal: leave every loop */
void ui_quit(struct ui *ui);         /* ends all loops, politely */

/* Whether the top screen would be told of a key now; TOKEN_LATER while something is typed or asked above it. */
enum ui_token { TOKEN_NOT_WANTED, TOKEN_LATER, TOKEN_WANTED };
enum ui_token ui_wants_token(struct ui *ui);
void ui_tell_token(struct ui *ui, const char *serial, bool in);

/* The title line. Texts are copied; NULL leaves as is. `mark` e.g. "演示·短信写入 outbox". */
void ui_set_place(struct ui *ui, const char *place, const char *station, const char *person);
void ui_set_mark(struct ui *ui, const char *mark);
/* How the line to headquarters stands: at length, shorter, and in the fewest words, for where there is no room; "" for none.
 * Drawn when it changes. */
enum { UI_LINE_FORMS = 3, UI_LINE_SIZE = 224 };
void ui_set_line(struct ui *ui, enum role role, const char forms[UI_LINE_FORMS][UI_LINE_SIZE]);

/* The message line: one sentence until the next key that changes something. A longer one takes up to four rows, over the pane's
 * last; where the cursor stands there, the screen is drawn into fewer. */
void ui_say(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ui_good(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ui_warn(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An error: shown, beeps, drops type-ahead. ui_fail takes it from an error record. */
void ui_error(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ui_fail(struct ui *ui, const struct error *e);
/* A softer one, while typing: shown in the error role without a beep; NULL or "" clears it. */
void ui_hint(struct ui *ui, enum role role, const char *text);

/* While typing is on, plain characters are text and never actions. A screen sets it when its focus
 * moves into a field; dialogs keep their own. Switches the input method too. */
void ui_typing(struct ui *ui, bool typing, enum term_input input);

/* For widgets and dialogs. An overlay is drawn over the top screen after it. */
struct overlay {
	void (*draw)(struct ui *ui, void *arg, struct pane *whole);
	void *arg;
	const struct action *actions; /* key bar while it is on top; NULL: empty bar */
	struct overlay *below;        /* set by the ui */
	bool opaque;                  /* hides the screen under it (lock) */
	bool typing;
	enum term_input input;
};
void ui_overlay_push(struct ui *ui, struct overlay *overlay);
void ui_overlay_pop(struct ui *ui);
/* The next event for whoever runs a loop of its own: draws what is due, runs ticks, resize, idle.
 * Returns false when the loop must leave (ending, abandoned). EVENT_NONE comes about every 250 ms. */
bool ui_next(struct ui *ui, struct event *event);
/* Something full finished itself without Enter: one that comes right behind it, by habit or from a scanner, does nothing. */
void ui_completed(struct ui *ui);
/* Text of an event that its field didn't take: whoever has the keys next gets it before all that comes after it. */
void ui_give_back(struct ui *ui, const char *text, size_t length);
void ui_redraw(struct ui *ui, unsigned flags); /* asks for a drawing at the next ui_next */
void ui_draw_now(struct ui *ui);               /* for work that blocks: draw before it */
void ui_tick_soon(struct ui *ui);              /* the next ui_next ticks without waiting for its 250 ms */
void ui_help(struct ui *ui);                   /* F1: what the screen's keys do */
void ui_menu(struct ui *ui);                   /* F9: choose an action */

#endif
