/* SPDX-License-Identifier: Apache-2.0 */
/* The five bytes in front of each record, and the rules that each version has for them. */
#ifndef LK_RECORD_HEADER_H
#define LK_RECORD_HEADER_H

#include "base/reader.h"
#include "record/record.h"

typedef struct lk_record_header {
    uint8_t type;
    uint16_t version;
    uint16_t length; /* of what follows */
} lk_record_header;

/** What is known of the connection when a header comes. */
typedef struct lk_record_rules {
    uint16_t negotiated;    /* 0 as long as no version was agreed */
    bool protected;         /* there is a key to open with */
    bool cbc;               /* that key pads */
    bool overlong;          /* its records may be longer than they may */
    bool early_data;        /* application data may come although there is no key yet: it is skipped */
    bool plain_alert_taken; /* TLS 1.3: an unprotected alert may come although there is a key */
} lk_record_rules;

lk_record_header lk_record_header_read(lk_reader *reader);

/**
 * RECORD_HEADER, UNEXPECTED_MESSAGE or RECORD_OVERFLOW when no such record may come. *plain says whether the record is
 * unprotected, which CCS (and once an alert) of TLS 1.3 are also under a key.
 */
lk_error lk_record_header_check(const lk_record_header *header, const lk_record_rules *rules, bool *plain);

#endif
