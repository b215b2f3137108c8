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

/* libcrypto 3.0 sets up its hash states anew for each HMAC; up to so many times a record, in both directions together.
 */
enum { HMAC_ALLOCATIONS_MAX = 24, ROUNDS = 20, ROUND_RECORDS = 8 + 4 };

static void check_classic(lk_engine *engine, uint16_t version, unsigned id, bool encrypt_then_mac)
{
    wire_end *client = wire_end_new(engine), *server = wire_end_new(engine);
    wire_key_in_order(client, server, version, lk_cipher_find(id), encrypt_then_mac, 1);
    size_t spans[3];
    for (size_t span = 0; span < 3; span++) {
        size_t before = allocations;
        for (int i = 0; i < ROUNDS; i++)
            carry_a_round(client, server);
        spans[span] = allocations - before;
    }
    cr_expect_eq(spans[1], spans[2], "%s, %s: allocations grow", lk_version_title(version), lk_cipher_find(id)->title);
    cr_expect_leq(spans[2], ROUNDS * ROUND_RECORDS * HMAC_ALLOCATIONS_MAX, "%s, %s: %zu allocations",
                  lk_version_title(version), lk_cipher_find(id)->title, spans[2]);
    wire_end_free(client);
    wire_end_free(server);
}

static void check_all_classic(lk_engine *engine)
{
    support_fill(data, sizeof data, 1);
    for (uint16_t version = LK_TLS1_0; version <= LK_TLS1_2; version++)
        for (unsigned id = LK_CIPHER_AES_128_CBC_SHA; lk_cipher_find(id); id++)
            for (int order = 0; order < 2; order++)
                if (lk_engine_supports(engine, version, lk_cipher_find(id)))
                    check_classic(engine, version, id, order == 1);
}

static void check_steady(lk_engine *engine)
{
    support_fill(data, sizeof data, 1);
    size_t before = allocations;
    for (uint16_t version = LK_TLS1_2; version <= LK_TLS1_3; version++)
        for (unsigned id = 0; lk_cipher_find(id); id++) {
            if (lk_cipher_find(id)->kind != LK_KIND_AEAD || !lk_engine_supports(engine, version, lk_cipher_find(id)))
                continue;
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
    check_all_classic(engine);
    lk_engine_free(engine);
}

Test(steady, an_engine_that_takes_its_time_costs_no_allocation_per_record_either)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings), *pair;
    cr_assert_eq(lk_engine_failover_new(slow, slow_engine_software(slow), NULL, &pair), LK_OK);
    check_steady(pair);
    lk_engine_free(pair);
    lk_engine_free(slow);
}
