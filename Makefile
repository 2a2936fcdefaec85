# certdesk: build, demo, check, bench, install. One file; everything generated lies under $(BUILD).
# make help lists the targets.

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build
SAN ?=
OPT ?= -O2
V ?=
Q := $(if $(V),,@)
comma := ,
PREFIX ?= /usr/local
PKGS := ncursesw sqlite3 libcrypto libpcsclite xlsxwriter yaml-0.1 jansson yajl libqrencode chafa glib-2.0 libjpeg libpng libutf8proc minizip expat
# a bare machine has no pkg-config yet: setup brings it, then make starts again
ifneq ($(shell command -v pkg-config),)
LIBS := $(shell pkg-config --libs $(PKGS)) -lgif -lm
LIBS_paper := $(shell pkg-config --libs pangocairo)
LIBS_test := $(shell pkg-config --libs cmocka vterm 2>/dev/null) -lutil
PKG_CFLAGS := $(filter-out -D%,$(shell pkg-config --cflags $(PKGS) pangocairo))
endif
CPPFLAGS += -Isrc -I$(BUILD)/gen -D_GNU_SOURCE $(PKG_CFLAGS) -isystem /usr/include/postgresql
CFLAGS += -std=c17 $(OPT) -g -Wall -Wextra -Werror -fstack-protector-strong $(SAN)
LDFLAGS += $(SAN) -Wl,--as-needed

# a program for each src/main*.c; those behind certdesk (certdesk-NAME) bring libraries of their own, so that the counter's
# program starts without them
LIBS_net := -lcurl -lssl -lz
LIBS_hub := -lcurl -lfcgi -lpq -lssl -lz
BESIDE := $(patsubst src/main_%.c,$(BUILD)/certdesk-%,$(wildcard src/main_*.c))

SOURCES := $(filter-out src/main%.c,$(wildcard src/*.c src/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/gen/sql.o $(BUILD)/gen/hub_sql.o
LIBRARY := $(BUILD)/libcertdesk.a
VKEY := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/vkey/*.c))
TESTLIB := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/lib/*.c))
TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/tui/test_*.c tests/hub/test_*.c tests/desk/test_*.c tests/token/test_*.c tests/fault/test_*.c tests/unit/*/test_*.c))
FIXTURES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fixture/*.c))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
SCRIPTS := $(wildcard tests/*/t_*.sh tests/*/*/t_*.sh)

.PHONY: all setup check check-run check-asan demo demo-hq bench fuzz fuzz-run clean install uninstall help
all: $(BUILD)/certdesk $(BESIDE) $(if $(VKEY),$(BUILD)/vkey) $(BUILD)/share

help:
	@echo "make | check | check-asan | demo | demo-hq | bench | fuzz | install | uninstall | clean   (BUILD=dir, CC=clang)"

$(BUILD)/certdesk: $(BUILD)/src/main.o $(LIBRARY)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/certdesk-%: $(BUILD)/src/main_%.o $(LIBRARY)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(LIBS_$*)

$(BUILD)/vkey: $(VKEY)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs libcrypto)

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# every SQL statement and migration, as one table in C: the site's store, and headquarters' database
SQL := $(sort $(wildcard db/migrations/*.sql) $(wildcard db/queries/*.sql))
HUB_SQL := $(sort $(wildcard db/hub/migrations/*.sql) $(wildcard db/hub/queries/*.sql))
$(BUILD)/gen/sql.c: $(SQL) tools/sqlgen
	@mkdir -p $(@D)
	$(Q)tools/sqlgen $(@D) sql $(SQL)
$(BUILD)/gen/hub_sql.c: $(HUB_SQL) tools/sqlgen
	@mkdir -p $(@D)
	$(Q)tools/sqlgen $(@D) hub_sql $(HUB_SQL)
$(BUILD)/gen/%.h: $(BUILD)/gen/%.c ;
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(OBJECTS) $(TESTLIB) $(FUZZERS:=.o) $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/main*.c)): | $(BUILD)/gen/sql.h $(BUILD)/gen/hub_sql.h

# where the program finds its definitions when it runs from the build directory
$(BUILD)/share:
	@mkdir -p $@
	@for d in forms reports; do ln -sfn "$(CURDIR)/$$d" $@/$$d; done

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TESTLIB) $(LIBRARY)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(LIBS_paper) $(LIBS_test)

$(BUILD)/tests/hub/%: $(BUILD)/tests/hub/%.o $(TESTLIB) $(LIBRARY)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(LIBS_hub) $(LIBS_test)

# A test's own code runs once, so what it takes to compile and to link counts; what it tests is as it is installed. To link what a
# debugger reads into each of some 200 programs takes as long as all the rest of it: make TEST_STRIP= TEST for one that has it.
# Sanitizers see everything alike.
TEST_OPT ?= $(if $(SAN),$(OPT),-O0)
TEST_STRIP ?= $(if $(SAN),,-Wl,--strip-debug)
ifneq ($(shell command -v ld.gold),)
TEST_LD := $(if $(SAN),,-fuse-ld=gold)
endif
$(foreach d,unit desk fault fixture hub token tui,$(BUILD)/tests/$(d)/%.o): OPT = $(TEST_OPT)
$(foreach d,unit desk fault fixture hub token tui,$(BUILD)/tests/$(d)/%): LDFLAGS += $(TEST_LD) $(TEST_STRIP)

# where sites are made for tests, their passwords are cheap to check (tests/lib/password.c), and those of one code share the CA's key pair
# (tests/lib/fixture.c)
$(foreach d,desk fault fixture hub token tui,$(BUILD)/tests/$(d)/%): LDFLAGS += -Wl,--wrap=password_make -Wl,--wrap=EVP_PKEY_Q_keygen

$(BUILD)/tests/bench/hub: LIBS += $(LIBS_hub)

$(BUILD)/tests/bench/empty: $(BUILD)/tests/bench/empty.o
	$(Q)$(CC) $(filter-out -Wl$(comma)--as-needed,$(LDFLAGS)) -Wl,--no-as-needed -o $@ $^ $(LIBS)

# The bench's report program takes down what the report asks of libxlsxwriter.
$(BUILD)/tests/bench/report: LDFLAGS += $(foreach f,workbook_add_format workbook_add_worksheet worksheet_write_string \
	worksheet_write_number worksheet_write_formula_num,-Wl,--wrap=$(f))

# the demonstration: a site of its own in DEMO, made once; the program opens on it
DEMO ?= demo-site
$(BUILD)/demo: $(BUILD)/tools/demo/main.o $(BUILD)/tools/demo/people.o $(BUILD)/tools/demo/scans.o $(BUILD)/tools/demo/days.o $(BUILD)/tools/demo/life.o $(BUILD)/tests/lib/pcscd.o $(BUILD)/tests/lib/json_file.o $(LIBRARY)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(LIBS_paper)
$(BUILD)/tools/demo/%.o: CPPFLAGS += -I.
# what `certdesk demo` runs; it needs the virtual keys, and is never installed
$(BUILD)/certdesk-demo: Makefile $(BUILD)/demo
	@printf '#!/bin/sh\nexec "%s/tools/demo/run" "%s" "$$1"\n' '$(CURDIR)' '$(abspath $(BUILD))' >$@ && chmod 755 $@

demo:
	@tools/setup build demo
	@[ -e $(DEMO)/certdesk.db ] || echo "certdesk：编译并制作演示受理点，需两到五分钟 / building, and making the demonstration: two to five minutes"
	@$(MAKE) --no-print-directory -j$$(nproc) all $(BUILD)/certdesk-demo
	@$(BUILD)/certdesk -C $(DEMO) demo

# … and the same with headquarters: a hub, a review site and the counter on this machine
demo-hq:
	@tools/setup build demo hub
	@$(MAKE) --no-print-directory -j$$(nproc) all $(BUILD)/demo
	@tools/demo/hq $(BUILD) $(DEMO)-hq

# programs of the next schemas, for what neighbours do with each other's stores: tests/newer/NAME/migrations behind our own
NEWER := $(patsubst tests/newer/%,$(BUILD)/newer/%/certdesk,$(wildcard tests/newer/*))
$(BUILD)/newer/%/sql.c: $(SQL) tools/sqlgen $(wildcard tests/newer/*/migrations/*.sql)
	@mkdir -p $(@D)
	$(Q)tools/sqlgen $(@D) sql $(filter db/migrations/%,$(SQL)) $(wildcard tests/newer/$*/migrations/*.sql) $(filter db/queries/%,$(SQL))
$(BUILD)/newer/%/certdesk: $(BUILD)/newer/%/sql.c $(BUILD)/src/main.o $(LIBRARY)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $(@D)/sql.o $<
	$(Q)$(CC) $(LDFLAGS) $(TEST_LD) $(TEST_STRIP) -o $@ $(BUILD)/src/main.o $(@D)/sql.o $(LIBRARY) $(LIBS)

tests: all $(TESTS) $(FIXTURES) $(NEWER)
.SECONDARY:

# The machine's packages; does nothing where all are there. Other systems: prints what is needed and stops.
setup:
	@tools/setup build test

check: setup
	@$(MAKE) --no-print-directory check-run

# what takes longest first, and a screen beside each script: the one waits for most of its time, the other works
SCREENS := $(filter $(BUILD)/tests/tui/%,$(TESTS))
LONG := $(filter tests/hub/%,$(SCRIPTS)) $(filter %/test_render,$(TESTS)) $(filter-out tests/hub/%,$(SCRIPTS))
IN_ORDER := $(subst |, ,$(join $(LONG:=|),$(SCREENS))) $(filter-out $(LONG) $(SCREENS),$(TESTS))

check-run:
	@$(MAKE) --no-print-directory -j$$(nproc) tests
	@tests/run $(BUILD) $(IN_ORDER)

check-asan: setup
	@$(MAKE) --no-print-directory check-run BUILD=$(BUILD)/asan OPT=-O1 SAN="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"

# Every tests/fuzz/fuzz_*.c for FUZZ_SECONDS under clang's libFuzzer; what it found stays beside it as corpus.
FUZZ_SECONDS ?= 20
fuzz:
	@$(MAKE) --no-print-directory fuzz-run BUILD=$(BUILD)/fuzz CC=clang OPT=-O1 \
		SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"

fuzz-run: $(FUZZERS)
	@for f in $(FUZZERS); do \
		mkdir -p $$f.corpus && echo "$$f" && \
		$$f -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=3072 -max_len=65536 -artifact_prefix=$$f- \
			-verbosity=0 -print_final_stats=1 $$f.corpus || exit 1; \
	done

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(TESTLIB) $(LIBRARY)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS) $(LIBS_paper) $(LIBS_hub) $(LIBS_test)

# The program, its definitions and pages, the timers, and what INSTALL uses for counters and for windows over SSH.
DESTDIR ?=
TO = $(DESTDIR)$(PREFIX)
UNITS := certdesk-tick.service certdesk-tick.timer certdesk-backup.service certdesk-backup.timer certdesk-sync.service certdesk-sync.timer \
	certdesk-hub.service certdesk-hub-backup.service certdesk-hub-backup.timer
install: $(BUILD)/certdesk $(BESIDE)
	install -D -m 755 $(BUILD)/certdesk "$(TO)/bin/certdesk"
	install -m 755 $(BUILD)/certdesk-hub "$(TO)/bin/certdesk-hub"
	rm -rf "$(TO)/share/certdesk"
	install -d "$(TO)/share/certdesk" "$(TO)/libexec/certdesk" "$(TO)/lib/systemd/system" "$(TO)/lib/tmpfiles.d"
	cp -R forms reports etc/counter "$(TO)/share/certdesk/"
	chmod -R u=rwX,go=rX "$(TO)/share/certdesk"
	install -m 644 etc/sshd.conf "$(TO)/share/certdesk/sshd.conf"
	sed 's|^PATH=/usr/local/bin:|PATH=$(PREFIX)/bin:|' etc/station >"$(TO)/libexec/certdesk/station"
	chmod 755 "$(TO)/libexec/certdesk/station"
	install -m 755 etc/backup etc/hub-backup $(BUILD)/certdesk-net $(BUILD)/certdesk-paper "$(TO)/libexec/certdesk/"
	for u in $(UNITS); do f="$(TO)/lib/systemd/system/$$u"; sed 's|@PREFIX@|$(PREFIX)|' etc/$$u >"$$f" && chmod 644 "$$f" || exit 1; done
	install -m 644 etc/certdesk.tmpfiles "$(TO)/lib/tmpfiles.d/certdesk.conf"
	for m in man/*.[1-8]; do install -D -m 644 $$m "$(TO)/share/man/man$${m##*.}/$${m##*/}" || exit 1; done

uninstall:
	rm -rf "$(TO)/share/certdesk" "$(TO)/libexec/certdesk"
	rm -f "$(TO)/bin/certdesk" "$(TO)/bin/certdesk-hub" "$(TO)/lib/tmpfiles.d/certdesk.conf"
	for u in $(UNITS); do rm -f "$(TO)/lib/systemd/system/$$u"; done
	for m in man/*.[1-8]; do rm -f "$(TO)/share/man/man$${m##*.}/$${m##*/}"; done

# how fast it is; BENCH="NAME…" for some lines alone
BENCHES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))
bench:
	@tools/setup build test bench
	@$(MAKE) --no-print-directory -j$$(nproc) all $(BENCHES)
	@tests/bench/run $(BUILD) $(BENCH)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
