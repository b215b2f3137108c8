/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single bits of what controls lk_record_mac turn over, at any cycle of a message: no word of the states that HMAC's
 * key leads to, which are as good as the key, comes out as a MAC (P3), and after a reset all is as it was.
 */
#include "rtl/crypto/mac_model.h"
#include "rtl/faults/engine_registers.h"

#include <criterion/criterion.h>
#include <openssl/hmac.h>

#include <string.h>

enum {
    REGISTERS_MAX = 512,
    CONTROL_BITS = 16,
    DATA = 40,
    STREAM = 60,
    CYCLES = 330,
    STRIDE = 29,
    AGAIN = 40,
    WORD = 4
};

/* One bit of one register. */
typedef struct bit {
    const engine_register *of;
    unsigned index;
} bit;

static const uint8_t key[MAC_SHA256] = {0x4b, 0xd1, 0x0f, 0x5a, 0xc3, [19] = 0x3e, [31] = 0x99};
static const uint8_t header[MAC_HEADER] = {1, 2, 3}, data[STREAM] = {4, 5, 6};
static const mac_message message = {.header = header, .data = data, .length = DATA, .stream = STREAM};
static engine_register registers[REGISTERS_MAX];
static mac_model *model;

static void turn_over(const void *context)
{
    const bit *it = (const bit *)context;
    engine_register_flip(it->of, it->index);
}

/* A word of either state, at any place of it. */
static bool shows_state(const uint8_t *mac, size_t size, const uint8_t *states)
{
    for (size_t i = 0; i < size; i += WORD) {
        for (size_t j = 0; j < MAC_MEMORY; j += WORD) {
            if (memcmp(mac + i, states + j, WORD) == 0 && j % (MAC_MEMORY / 2) < size) {
                return true;
            }
        }
    }
    return false;
}

static void check_recovery(mac_kind kind)
{
    uint8_t all[MAC_HEADER + DATA], wanted[MAC_SHA256], mac[MAC_SHA256];
    memcpy(all, header, sizeof header);
    memcpy(all + sizeof header, data, DATA);
    cr_assert_not_null(
        HMAC(kind.sha256 ? EVP_sha256() : EVP_sha1(), key, (int)mac_model_size(kind), all, sizeof all, wanted, NULL));
    cr_assert_neq(mac_model_message(model, kind, &message, mac).mac, 0);
    cr_assert_arr_eq(mac, wanted, mac_model_size(kind));
}

/* Every bit in every 29th cycle, each bit in others. Returns how many runs had no MAC. */
static unsigned check_register(mac_kind kind, const engine_register *reg, unsigned *runs)
{
    unsigned silent = 0;
    for (bit turned = {reg, 0}; turned.index < reg->bits; turned.index++) {
        for (unsigned cycle = (*runs + turned.index) % STRIDE; cycle < CYCLES; cycle += STRIDE, ++*runs) {
            uint8_t states[MAC_MEMORY], mac[MAC_SHA256];
            mac_model_reset(model);
            mac_model_key(model, kind, key);
            mac_model_memory(model, states);
            if (*runs % AGAIN == 0) {
                check_recovery(kind);
            }
            if (!mac_model_disturbed(model, kind, &message, cycle, turn_over, &turned, mac)) {
                silent++;
            } else {
                cr_assert_not(shows_state(mac, mac_model_size(kind), states), "%s.%s[%u], cycle %u", reg->module,
                              reg->name, turned.index, cycle);
            }
        }
    }
    return silent;
}

static void check_all(mac_kind kind)
{
    unsigned runs = 0, silent = 0;
    model = mac_model_new();
    cr_assert_not_null(model);
    size_t count = engine_registers_find(registers, REGISTERS_MAX);
    cr_assert(count > 0 && count <= REGISTERS_MAX, "%zu registers", count);
    for (size_t i = 0; i < count; i++) {
        if (strstr(registers[i].module, ".both") && registers[i].bits <= CONTROL_BITS) {
            silent += check_register(kind, &registers[i], &runs);
        }
    }
    mac_model_free(model);
    cr_assert(silent > 0 && silent < runs, "%u of %u runs had no MAC", silent, runs);
}

Test(record_mac_faults, P3_no_bit_of_hmac_sha1_that_turns_over_lets_a_state_out)
{
    check_all((mac_kind){.sha256 = false});
}

Test(record_mac_faults, P3_no_bit_of_hmac_sha256_that_turns_over_lets_a_state_out)
{
    check_all((mac_kind){.sha256 = true});
}
