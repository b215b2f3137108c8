/* SPDX-License-Identifier: Apache-2.0 */
/* In steady state nothing is allocated per record: not by us, and not by libcrypto on our behalf. */
#include "slow_engine.h"
#include "support.h"
#include "wire.h"

#include <criterion/criterion.h>
#include <openssl/crypto.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static size_t allocations;

/*
 * These take the place of the C library's for everything in this process, libcrypto included, count, and pass on to the
 * next in line: the C library, or a sanitizer.
 */
static void *next_in_line(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

void *malloc(size_t size)
{
    static void *(*next)(size_t);
    if (!next)
        *(void **)&next = next_in_line("malloc");
    allocations++;
    return next(size);
}

void *calloc(size_t count, size_t size)
{
    static void *(*next)(size_t, size_t);
    if (!next)
        *(void **)&next = next_in_line("calloc");
    allocations++;
    return next(count, size);
}

void *realloc(void *memory, size_t size)
{
    static void *(*next)(void *, size_t);
    if (!next)
        *(void **)&next = next_in_line("realloc");
    allocations++;
    return next(memory, size);
}

static uint8_t data[50000];

static void carry_a_round(wire_end *client, wire_end *server)
{
    static const size_t lengths[] = {1, 100, 1024, 16384, 50000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        client->sent_length = server->length = 0; /* the tests' own notes do not grow */
        wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, lengths[i]);
        cr_assert_eq(server->length, lengths[i]);
    }
}

static void check_steady(lk_engine *engine)
{
    support_fill(data, sizeof data, 1);
    size_t before = allocations;
    for (uint16_t version = LK_TLS1_2; version <= LK_TLS1_3; version++)
        for (unsigned id = 0; id < 3; id++) {
            wire_end *client = wire_end_new(engine), *server = wire_end_new(engine);
            wire_key(client, server, version, lk_cipher_find(id), 1);
            for (int i = 0; i < 3; i++)
                carry_a_round(client, server);
            cr_assert_gt(allocations, before, "allocations are not counted: this test shows nothing");
            before = allocations;
            for (int i = 0; i < 20; i++)
                carry_a_round(client, server);
            cr_expect_eq(allocations - before, 0, "%s, %s: %zu allocations", lk_version_title(version),
                         lk_cipher_find(id)->title, allocations - before);
            wire_end_free(client);
            wire_end_free(server);
        }
}

Test(steady, the_software_engine_allocates_nothing_per_record)
{
    size_t before = allocations;
    void *probe = OPENSSL_malloc(1);
    cr_assert_eq(allocations, before + 1, "libcrypto's allocations are not counted: this test shows nothing");
    OPENSSL_free(probe);
    lk_engine *engine = support_software();
    check_steady(engine);
    lk_engine_free(engine);
}

Test(steady, an_engine_that_takes_its_time_costs_no_allocation_per_record_either)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    cr_assert_eq(lk_engine_failover_new(slow, &pair), LK_OK);
    check_steady(pair);
    lk_engine_free(pair);
    lk_engine_free(slow);
}
