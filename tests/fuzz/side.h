/* SPDX-License-Identifier: Apache-2.0 */
/* One side of a connection, in one of the forms that the first byte of an input chooses. */
#ifndef LK_TESTS_FUZZ_SIDE_H
#define LK_TESTS_FUZZ_SIDE_H

#include <latchkey/latchkey.h>

/* The first byte of an input. */
enum {
    SIDE_VERSIONS = 3, /* all; TLS 1.2 and older; TLS 1.2 alone; TLS 1.3 alone */
    SIDE_CLEAR = 4,    /* records have their form, but nothing is encrypted: messages behind the keys can be altered */
    SIDE_CERTIFICATES = 8, /* the client is asked for a certificate, and has one */
    SIDE_CHUNK = 48,       /* bytes that are fed at once: all, 1, 7, 300 */
    SIDE_FORMS = 16        /* so many configurations */
};

/** The configuration of a role in a form, made when it is first needed; the same in each run. */
const lk_config *fuzz_side_config(lk_role role, unsigned form);

/** How many bytes a form feeds at once; 0: all. */
size_t fuzz_side_chunk(unsigned form);

/** Feeds the bytes to a fresh connection of that role, which does what an application would do with it. */
void fuzz_side_run(lk_role role, const uint8_t *data, size_t size);

#endif
