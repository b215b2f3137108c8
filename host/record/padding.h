/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a CBC record that was not authenticated yet: padding and MAC, found in constant time. Instructions and
 * addresses depend on total and mac_length alone, never on the bytes (P5).
 */
#ifndef LK_RECORD_PADDING_H
#define LK_RECORD_PADDING_H

#include <stddef.h>
#include <stdint.h>

/**
 * Checks the padding of a decrypted record, total bytes with everything. Returns how many bytes it takes, the length
 * byte included, with *good all ones; when it is wrong or leaves no room for a MAC, *good is 0 and the padding counts
 * as none: RFC 5246 section 6.2.3.2 has the MAC computed all the same, "so that the time to process a record is
 * essentially the same". total is at least 1 + mac_length.
 */
uint32_t lk_padding_check(const uint8_t *bytes, size_t total, size_t mac_length, uint32_t *good);

/**
 * The same for SSL 3.0. RFC 6101 section 5.2.3.2: "The length of the padding must be less than the cipher's block
 * length"; what it holds is the sender's choice, so it cannot be checked (POODLE). Wrong padding counts as one byte.
 */
uint32_t lk_padding_check_ssl3(const uint8_t *bytes, size_t total, size_t mac_length, size_t block_length,
                               uint32_t *good);

/**
 * Copies the MAC that stands at bytes + start, a secret place: at most 256 bytes ahead of total - mac_length.
 * mac_length is at most LK_MAC_KEY_MAX.
 */
void lk_padding_extract_mac(const uint8_t *bytes, size_t total, uint32_t start, size_t mac_length, uint8_t *mac);

#endif
