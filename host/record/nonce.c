/* SPDX-License-Identifier: Apache-2.0 */
/* The nonce and the additional data of a record, as each version makes them. */
#include "base/writer.h"
#include "record/software.h"

#include <string.h>

/*
 * RFC 8446 section 5.3: "The 64-bit record sequence number is encoded in network byte order and padded to the left with
 * zeros to iv_length. [It] is XORed with either the static client_write_iv or server_write_iv". RFC 7905 section 2 says
 * the same of ChaCha20-Poly1305 in TLS 1.2.
 */
static void nonce_by_sequence(const lk_software_direction *direction, uint64_t sequence, uint8_t *nonce)
{
    memcpy(nonce, direction->iv, LK_NONCE_LENGTH);
    for (size_t i = LK_NONCE_LENGTH; i > LK_NONCE_LENGTH - sizeof sequence; i--) {
        nonce[i - 1] ^= (uint8_t)sequence;
        sequence >>= 8;
    }
}

void lk_software_nonce(const lk_software_direction *direction, uint64_t sequence, const uint8_t *explicit_nonce,
                       uint8_t nonce[LK_NONCE_LENGTH])
{
    if (direction->explicit_nonce_length == 0) {
        nonce_by_sequence(direction, sequence, nonce);
        return;
    }
    /* RFC 5288 section 3: the nonce is the salt of the key block, then the explicit part that the record carries. */
    size_t salt_length = LK_NONCE_LENGTH - direction->explicit_nonce_length;
    memcpy(nonce, direction->iv, salt_length);
    memcpy(nonce + salt_length, explicit_nonce, direction->explicit_nonce_length);
}

/* RFC 5246 section 6.2.3.3: additional_data = seq_num + TLSCompressed.type + TLSCompressed.version +
 * TLSCompressed.length */
size_t lk_software_additional_data(uint64_t sequence, const uint8_t *header, size_t plaintext_length,
                                   uint8_t data[LK_ADDITIONAL_DATA_MAX])
{
    lk_writer writer = lk_writer_into(data, LK_ADDITIONAL_DATA_MAX);
    lk_writer_u64(&writer, sequence);
    lk_writer_bytes(&writer, header, 3);
    lk_writer_u16(&writer, (uint16_t)plaintext_length);
    return writer.length;
}
