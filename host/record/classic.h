/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the versions before AEAD, and of TLS 1.2 without it: CBC with a MAC (RFC 6101 section 5.2.3.2, RFC 2246,
 * RFC 4346 and RFC 5246 section 6.2.3.2, RFC 7366); a key stream and NULL with a MAC (RFC 6101 section 5.2.3.1, RFC
 * 5246 section 6.2.3.1).
 */
#ifndef LK_RECORD_CLASSIC_H
#define LK_RECORD_CLASSIC_H

#include "record/software.h"

/** Makes the fragment behind a header that stands in the output, length included, from an operation that was checked.
 */
bool lk_classic_seal(lk_software_direction *direction, const lk_operation *operation);

/** Opens one record: the status of the operation. */
lk_error lk_classic_open(lk_software_direction *direction, lk_operation *operation);

#endif
