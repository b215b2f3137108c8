/* SPDX-License-Identifier: Apache-2.0 */
/* How the fields of a message are put into words: what the files that read them share. */
#ifndef LK_WATCH_FIELD_TEXT_H
#define LK_WATCH_FIELD_TEXT_H

#include "watch/fields.h"

/** The fields of one message on their way to whoever is told. */
typedef struct lk_fields {
    lk_field_context context;
    lk_field_teller *teller;
    void *teller_context;
    const char *name; /* of the field that is being put into words */
    bool listed;      /* items stand in the text */
    size_t length;
    char text[LK_FIELD_TEXT_MAX];
} lk_fields;

/** One field whose text is printed. */
__attribute__((format(printf, 3, 4))) void lk_field_print(lk_fields *fields, const char *name, const char *format, ...);

/** A field of items, with commas between them; a text that gets too long goes on in a field without a name. */
void lk_field_begin(lk_fields *fields, const char *name);
__attribute__((format(printf, 2, 3))) void lk_field_item(lk_fields *fields, const char *format, ...);
void lk_field_end(lk_fields *fields);

/** A field of bytes in hexadecimal. */
void lk_field_bytes(lk_fields *fields, const char *name, lk_reader bytes);

/** A field of bytes of which the length alone is told. */
void lk_field_length(lk_fields *fields, const char *name, lk_reader bytes);

/** Bytes that are text: control characters and what is no ASCII become '?'. Always ends with a zero. */
void lk_field_copy(char *to, size_t capacity, lk_reader bytes);

/* Lists of numbers with names, in vectors that the reader stands in front of. */
void lk_field_suites(lk_fields *fields, lk_reader list);
void lk_field_signatures(lk_fields *fields, const char *name, lk_reader list);
void lk_field_authorities(lk_fields *fields, lk_reader list);

/** The block of extensions that the reader stands in front of, its length too. hello_retry: of a HelloRetryRequest. */
void lk_field_extensions(lk_fields *fields, uint8_t message, bool hello_retry, lk_reader *body);

/** A certificate in DER: whose, by whom, from when to when, and its key. */
void lk_field_certificate(lk_fields *fields, unsigned number, lk_reader bytes);

/* Messages, a function each; the reader stands over the body, and what it has not read is told as malformed. */
void lk_field_client_hello(lk_fields *fields, lk_reader *body);
void lk_field_server_hello(lk_fields *fields, lk_reader *body);
void lk_field_certificate_message(lk_fields *fields, lk_reader *body);
void lk_field_certificate_request(lk_fields *fields, lk_reader *body);
void lk_field_certificate_verify(lk_fields *fields, lk_reader *body);
void lk_field_server_key_exchange(lk_fields *fields, lk_reader *body);
void lk_field_client_key_exchange(lk_fields *fields, lk_reader *body);

#endif
