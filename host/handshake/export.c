/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/export.h"

#include "base/secret.h"
#include "handshake/machine.h"

#include <string.h>

/* RFC 5869 section 2.3: 255 blocks of the hash; SHA-256 is the shortest there is. */
enum { EXPORT_MAX = 255 * 32 };

_Static_assert((int)LK_EXPORT_SECRET_MAX >= (int)LK_HASH_MAX &&
                   (int)LK_EXPORT_SECRET_MAX >= (int)LK_MASTER_SECRET_LENGTH,
               "a secret to export from has no room");

static const char binding_label[] = "EXPORTER-Channel-Binding";

/* RFC 5929 section 3.1: "The first TLS Finished message sent [...] in the most recent TLS handshake", which is the
 * server's where a session is gone on with. */
static void keep_finished(const lk_handshake *handshake, lk_exporter *exporter)
{
    lk_role first = handshake->resumed ? LK_SERVER : LK_CLIENT;
    if (handshake->verify_data_length > sizeof exporter->finished)
        return; /* SSL 3.0, for which there are no channel bindings */
    exporter->finished_length = handshake->verify_data_length;
    memcpy(exporter->finished, handshake->verify_data[first], handshake->verify_data_length);
}

void lk_export_keep(lk_handshake *handshake)
{
    lk_exporter *exporter = &handshake->exporter;
    exporter->complete = true;
    exporter->hash = lk_handshake_hash(handshake);
    exporter->own = handshake->version >= LK_TLS1_3 || handshake->extended_master_secret;
    exporter->kept = handshake->version >= LK_TLS1_3 || handshake->settings->keeps_export_secret;
    if (handshake->version >= LK_TLS1_3)
        return; /* its secret was put there when it was derived */
    keep_finished(handshake, exporter);
    if (!exporter->kept)
        return;
    memcpy(exporter->secret, handshake->master, sizeof handshake->master);
    memcpy(exporter->randoms, handshake->client_random, LK_RANDOM_LENGTH);
    memcpy(exporter->randoms + LK_RANDOM_LENGTH, handshake->server_random, LK_RANDOM_LENGTH);
}

/* RFC 8446 section 7.5: HKDF-Expand-Label(Derive-Secret(Secret, label, ""), "exporter", Hash(context_value),
 * key_length). */
static lk_error export_1_3(const lk_exporter *exporter, const char *label, const uint8_t *context,
                           size_t context_length, uint8_t *out, size_t length)
{
    uint8_t hash[LK_HASH_MAX];
    uint8_t secret[LK_HASH_MAX];
    size_t size = lk_hash_length(exporter->hash);
    lk_error error = lk_hash_of(exporter->hash, (const uint8_t *)"", 0, hash);
    if (!error)
        error = lk_hkdf_expand_label(exporter->hash, exporter->secret, label, hash, size, secret, size);
    /* "If no context is provided, the context_value is zero length. Consequently, providing no context computes the
     * same value as providing an empty context." */
    if (!error)
        error = lk_hash_of(exporter->hash, context ? context : (const uint8_t *)"", context_length, hash);
    if (!error)
        error = lk_hkdf_expand_label(exporter->hash, secret, "exporter", hash, size, out, length);
    lk_secret_wipe(secret, sizeof secret);
    return error;
}

/* RFC 5705 section 4: PRF(master_secret, label, client_random + server_random [+ context_value_length +
 * context_value]). */
static lk_error export_classic(const lk_exporter *exporter, const char *label, const uint8_t *context,
                               size_t context_length, uint8_t *out, size_t length)
{
    uint8_t seed[LK_EXPORT_SEED_MAX];
    lk_writer writer = lk_writer_into(seed, sizeof seed);
    lk_writer_bytes(&writer, exporter->randoms, sizeof exporter->randoms);
    if (context) {
        lk_writer_vector vector = lk_writer_begin(&writer, 2);
        lk_writer_bytes(&writer, context, context_length);
        lk_writer_end(&writer, vector);
    }
    if (writer.failed)
        return LK_ERROR_INVALID_ARGUMENT;
    return lk_prf(exporter->hash, exporter->secret, LK_MASTER_SECRET_LENGTH, label, seed, writer.length, out, length);
}

/* What TLS itself derives from the master secret must not come out again under the name of an export. */
static bool reserved(const char *label)
{
    static const char *const labels[] = {"client finished", "server finished", "master secret",
                                         "extended master secret", "key expansion"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(label, labels[i]) == 0)
            return true;
    return false;
}

lk_error lk_handshake_export(const lk_handshake *handshake, const char *label, const uint8_t *context,
                             size_t context_length, uint8_t *out, size_t length)
{
    const lk_exporter *exporter = &handshake->exporter;
    size_t label_length = strlen(label);
    if (label_length == 0 || label_length > LK_EXPORT_LABEL_MAX || length == 0 || reserved(label) ||
        length > EXPORT_MAX || (!context && context_length > 0))
        return LK_ERROR_INVALID_ARGUMENT;
    if (!exporter->complete)
        return LK_ERROR_WRONG_STATE;
    /* RFC 7627 section 1: a master secret without the extension can be made to be that of two connections, and so can
     * what is derived from it. */
    if (!exporter->own)
        return LK_ERROR_EXPORT_UNSOUND;
    if (!exporter->kept)
        return LK_ERROR_WRONG_STATE;
    return handshake->version >= LK_TLS1_3 ? export_1_3(exporter, label, context, context_length, out, length)
                                           : export_classic(exporter, label, context, context_length, out, length);
}

/* RFC 9266 section 2: 32 bytes, under the label above, with a context of zero length. Section 4 leaves it undefined for
 * a connection on which renegotiation is enabled: what it binds to would change under who uses it. */
static lk_error bind_exporter(const lk_handshake *handshake, uint8_t *out, size_t *length)
{
    if (handshake->exporter.complete && handshake->version < LK_TLS1_3 &&
        handshake->settings->renegotiation != LK_RENEGOTIATION_OFF)
        return LK_ERROR_BINDING_UNDEFINED;
    lk_error error =
        lk_handshake_export(handshake, binding_label, (const uint8_t *)"", 0, out, LK_CHANNEL_BINDING_BYTES);
    *length = error ? 0 : LK_CHANNEL_BINDING_BYTES;
    return error;
}

/* RFC 8446 appendix C.5: the channel bindings of RFC 5929 "are not defined for TLS 1.3". Before, tls-unique is sound
 * with the extended master secret alone (RFC 7627 section 1). */
static lk_error bind_unique(const lk_exporter *exporter, uint8_t *out, size_t *length)
{
    if (!exporter->complete)
        return LK_ERROR_WRONG_STATE;
    if (exporter->finished_length == 0)
        return LK_ERROR_BINDING_UNDEFINED;
    if (!exporter->own)
        return LK_ERROR_EXPORT_UNSOUND;
    memcpy(out, exporter->finished, exporter->finished_length);
    *length = exporter->finished_length;
    return LK_OK;
}

lk_error lk_handshake_channel_binding(const lk_handshake *handshake, lk_channel_binding kind, uint8_t *out,
                                      size_t *length)
{
    *length = 0;
    switch (kind) {
    case LK_BINDING_TLS_EXPORTER:
        return bind_exporter(handshake, out, length);
    case LK_BINDING_TLS_UNIQUE:
        return bind_unique(&handshake->exporter, out, length);
    default:
        return LK_ERROR_INVALID_ARGUMENT;
    }
}
