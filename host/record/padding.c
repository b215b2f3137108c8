/* SPDX-License-Identifier: Apache-2.0 */
#include "record/padding.h"

#include "base/secret.h"
#include "record/constant_time.h"
#include "record/engine.h"

#include <string.h>

enum { PADDING_MAX = 256 }; /* 255 bytes and their length byte */

uint32_t lk_padding_check(const uint8_t *bytes, size_t total, size_t mac_length, uint32_t *good)
{
    uint32_t length = bytes[total - 1];
    uint32_t wrong = lk_mask_less((uint32_t)(total - mac_length), length + 1) & 1;
    /* RFC 5246 section 6.2.3.2: "Each uint8 in the padding data vector MUST be filled with the padding length value."
     * All the places where padding may stand are looked at, whether it does or not. */
    size_t looked_at = total < PADDING_MAX ? total : PADDING_MAX;
    for (size_t i = 1; i <= looked_at; i++) {
        uint32_t inside = lk_mask_less((uint32_t)i - 1, length + 1);
        wrong |= inside & (bytes[total - i] ^ length);
    }
    *good = lk_mask_equal(wrong, 0);
    return *good & (length + 1);
}

uint32_t lk_padding_check_ssl3(const uint8_t *bytes, size_t total, size_t mac_length, size_t block_length,
                               uint32_t *good)
{
    uint32_t length = bytes[total - 1];
    *good = lk_mask_less(length, (uint32_t)block_length) & lk_mask_less(length, (uint32_t)(total - mac_length));
    return lk_mask_select(*good, length + 1, 1);
}

/* Turns a ring of `length` bytes by `turn` places towards the start, for any turn below length: by each power of two,
 * kept or not. */
static void turn_ring(uint8_t *ring, size_t length, uint32_t turn)
{
    uint8_t turned[LK_MAC_KEY_MAX];
    for (size_t step = 1, bit = 0; step < length; step <<= 1, bit++) {
        uint32_t kept = lk_mask_equal(turn >> bit & 1, 1);
        for (size_t i = 0; i < length; i++)
            turned[i] = (uint8_t)lk_mask_select(kept, ring[(i + step) % length], ring[i]);
        memcpy(ring, turned, length);
    }
    lk_secret_wipe(turned, sizeof turned);
}

void lk_padding_extract_mac(const uint8_t *bytes, size_t total, uint32_t start, size_t mac_length, uint8_t *mac)
{
    size_t first = total > mac_length + PADDING_MAX ? total - mac_length - PADDING_MAX : 0;
    uint32_t end = start + (uint32_t)mac_length;
    uint32_t turn = 0;
    memset(mac, 0, mac_length);
    /* Read round a ring that starts at a place that is no secret; where in the ring the MAC starts is one. */
    for (size_t i = first, place = 0; i < total; i++, place = place + 1 < mac_length ? place + 1 : 0) {
        uint32_t inside = ~lk_mask_less((uint32_t)i, start) & lk_mask_less((uint32_t)i, end);
        turn |= (uint32_t)place & lk_mask_equal((uint32_t)i, start);
        mac[place] |= (uint8_t)(inside & bytes[i]);
    }
    turn_ring(mac, mac_length, turn);
}
