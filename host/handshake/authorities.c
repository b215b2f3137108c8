/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/authorities.h"

#include "base/writer.h"

#include <stdlib.h>

enum { LENGTH_SIZE = 2 };

lk_error lk_authorities_add(lk_authorities *authorities, X509 *certificate)
{
    const unsigned char *name = NULL;
    size_t length = 0;
    if (X509_NAME_get0_der(X509_get_subject_name(certificate), &name, &length) != 1)
        return LK_ERROR_CRYPTO;
    size_t needed = authorities->length + LENGTH_SIZE + length;
    if (needed > LK_AUTHORITIES_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    uint8_t *larger = realloc(authorities->bytes, needed);
    if (!larger)
        return LK_ERROR_NO_MEMORY;
    lk_writer writer = lk_writer_into(larger + authorities->length, LENGTH_SIZE + length);
    lk_writer_u16(&writer, (uint16_t)length);
    lk_writer_bytes(&writer, name, length);
    authorities->bytes = larger;
    authorities->length = needed;
    return LK_OK;
}

void lk_authorities_clear(lk_authorities *authorities)
{
    free(authorities->bytes);
    *authorities = (lk_authorities){0};
}

static bool issued_by(const lk_certificate_chain *chain, const X509_NAME *name)
{
    for (size_t i = 0; i < chain->count; i++)
        if (X509_NAME_cmp(X509_get_issuer_name(sk_X509_value(chain->parsed, (int)i)), name) == 0)
            return true;
    return false;
}

lk_error lk_authorities_match(lk_reader list, const lk_certificate_chain *chain, bool *matches)
{
    *matches = list.left == 0;
    while (list.left > 0) {
        lk_reader each = lk_reader_vector16(&list);
        if (list.failed || each.left == 0)
            return LK_ERROR_DECODE;
        const unsigned char *end = each.next;
        X509_NAME *name = d2i_X509_NAME(NULL, &end, (long)each.left);
        bool whole = name && end == each.next + each.left;
        *matches |= whole && issued_by(chain, name);
        X509_NAME_free(name);
        if (!whole)
            return LK_ERROR_DECODE;
    }
    return LK_OK;
}
