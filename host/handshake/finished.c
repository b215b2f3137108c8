/* SPDX-License-Identifier: Apache-2.0 */
/* Finished: RFC 8446 section 4.4.4, RFC 5246 section 7.4.9, RFC 6101 section 5.6.9. */
#include "handshake/messages.h"
#include "handshake/renegotiation.h"

#include "base/secret.h"

/* verify_data of one side over the transcript so far. */
static lk_error verify_data(const lk_handshake *handshake, lk_role sender, uint8_t *out, size_t *length)
{
    uint8_t hash[LK_HASH_MAX];
    lk_hash kind = lk_handshake_hash(handshake);
    lk_error error = lk_transcript_now(&handshake->transcript, hash);
    if (error)
        return error;
    if (handshake->version >= LK_TLS1_3) {
        *length = lk_hash_length(kind);
        if (lk_handshake_is_over(handshake))
            return lk_finished_verify_data_by(kind, handshake->later.finished_key, hash, out);
        return lk_finished_verify_data(kind, handshake->handshake_secret[sender], hash, out);
    }
    if (handshake->version == LK_SSL3) {
        *length = lk_hash_length(kind);
        return lk_transcript_ssl3(&handshake->transcript, sender == LK_CLIENT ? "CLNT" : "SRVR", handshake->master,
                                  out);
    }
    *length = LK_VERIFY_DATA_LENGTH;
    return lk_prf_verify_data(kind, handshake->master, sender == LK_CLIENT ? "client finished" : "server finished",
                              hash, out);
}

lk_error lk_finished_compose(lk_handshake *handshake, lk_writer *body)
{
    uint8_t expected[LK_HASH_MAX];
    size_t length = 0;
    lk_error error = verify_data(handshake, handshake->role, expected, &length);
    if (!error) {
        lk_writer_bytes(body, expected, length);
        lk_renegotiation_keep(handshake, handshake->role, expected, length);
    }
    lk_secret_wipe(expected, sizeof expected);
    lk_handshake_mean(handshake, "%s confirms all that was said", handshake->role == LK_CLIENT ? "client" : "server");
    return error;
}

lk_error lk_finished_parse(lk_handshake *handshake, lk_reader *body)
{
    lk_role peer = handshake->role == LK_CLIENT ? LK_SERVER : LK_CLIENT;
    uint8_t expected[LK_HASH_MAX];
    size_t length = 0;
    lk_error error = verify_data(handshake, peer, expected, &length);
    if (!error && body->left != length)
        error = LK_ERROR_DECODE;
    /* "Recipients of Finished messages MUST verify that the contents are correct and if incorrect MUST terminate the
     * connection with a "decrypt_error" alert." */
    const uint8_t *got = lk_reader_bytes(body, body->left);
    if (!error && !lk_secret_equal(got, expected, length))
        error = LK_ERROR_BAD_FINISHED;
    if (!error)
        lk_renegotiation_keep(handshake, peer, expected, length);
    lk_secret_wipe(expected, sizeof expected);
    lk_handshake_mean(handshake, "%s confirms all that was said", peer == LK_CLIENT ? "client" : "server");
    return error;
}
