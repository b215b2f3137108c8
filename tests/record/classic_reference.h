/* SPDX-License-Identifier: Apache-2.0 */
/* CBC, RC4 and NULL records made by plain EVP and HMAC calls, without our code; right ones, and wrong in a chosen
 * place. */
#ifndef LK_TESTS_RECORD_CLASSIC_REFERENCE_H
#define LK_TESTS_RECORD_CLASSIC_REFERENCE_H

#include "record/engine.h"

enum { CLASSIC_SHORTEST = -1 };

typedef struct classic_record {
    uint8_t content_type;
    uint64_t sequence;
    const uint8_t *plaintext;
    size_t length;
    const uint8_t *iv;     /* of this record, whether it goes onto the wire or not */
    int padding;           /* the value of the length byte, CLASSIC_SHORTEST for what a sender takes */
    uint8_t wrong_mac;     /* XORed into the MAC at mac_place */
    uint8_t wrong_padding; /* XORed into the padding, padding_place bytes ahead of the length byte */
    size_t mac_place, padding_place;
    size_t stream_used; /* bytes of RC4's key stream that went to the records before this one */
} classic_record;

/** The shortest padding for that plaintext: the value of the length byte. */
int classic_padding(const lk_direction_parameters *parameters, size_t length);

/** The whole record. Returns its length. */
size_t classic_reference(const lk_direction_parameters *parameters, const classic_record *record, uint8_t *output);

#endif
