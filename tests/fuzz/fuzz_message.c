/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each message parser alone, behind no key and in every state in which its row of the table stands. The first byte is
 * the row, the second the version, the third what was said before; the rest is the body. Past the rows come the parsers
 * of sessions and tickets.
 */
#include "connection/inside.h"
#include "fuzz/randomness.h"
#include "fuzz/side.h"
#include "fuzz/target.h"
#include "handshake/machine.h"
#include "handshake/messages.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 3, STREAM = 7, RETRIED = 16, CERTIFICATE_ASKED = 32, OFFERS = 64, BOUND = 128 };

static void must(bool good)
{
    if (!good)
        abort();
}

static const lk_row *receiving_row(unsigned wanted)
{
    size_t count = 0;
    const lk_row *rows = lk_row_table(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].way == LK_RECEIVES && rows[i].parse && wanted-- == 0)
            return &rows[i];
    return NULL;
}

static const lk_suite *suite_for(uint16_t version, unsigned skip)
{
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count), *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (lk_suite_allows(&suites[i], version) && (!found || skip-- % 4 != 0))
            found = &suites[i];
    return found;
}

/* What would have been agreed on before a message of that row comes. */
static bool prepare(lk_handshake *handshake, const lk_row *row, const uint8_t *head)
{
    uint16_t version = row->version > 0 ? row->version : (uint16_t)(LK_TLS1_0 + head[1] % 4);
    unsigned form = head[2];
    handshake->state = row->state == LK_STATE_ANY ? LK_STATE_ESTABLISHED : row->state;
    if (handshake->state == LK_STATE_ESTABLISHED)
        lk_handshake_release_memory(handshake); /* as the machine does */
    handshake->retried = form & RETRIED;
    handshake->certificate_asked = form & CERTIFICATE_ASKED;
    handshake->extensions_offered = form & OFFERS ? 0xffffffff : 0;
    handshake->extended_master_secret = form & BOUND;
    handshake->group = handshake->settings->groups[0];
    if (row->version == 0 && !handshake->retried)
        return true;
    handshake->suite = suite_for(version, form);
    lk_handshake_set_version(handshake, version);
    return handshake->suite && lk_transcript_choose(&handshake->transcript, lk_handshake_hash(handshake)) == LK_OK;
}

/* The peer's certificate, for messages that are proven with it: that of the server's configuration. */
static void introduce(lk_handshake *handshake, const lk_row *row)
{
    const lk_certificate_chain *chain = &fuzz_side_config(LK_SERVER, 0)->settings.chain;
    if (row->message != LK_CERTIFICATE && row->message != LK_CLIENT_HELLO)
        must(lk_certificate_chain_add(&handshake->peer_chain, chain->rows[0].bytes, chain->rows[0].length) == LK_OK);
}

static void message(void *context, bool sent, uint8_t type, const char *name, lk_reader body, const char *meaning)
{
    (void)context, (void)sent, (void)type, (void)name, (void)body, (void)meaning;
}

static void alert(void *context, bool sent, bool fatal, int description, const char *meaning)
{
    (void)context, (void)sent, (void)fatal, (void)description, (void)meaning;
}

static void keys(void *context, bool sent, const char *meaning)
{
    (void)context, (void)sent, (void)meaning;
}

static void secret(void *context, const char *label, const uint8_t *client_random, const uint8_t *bytes, size_t length)
{
    (void)context, (void)label, (void)client_random, (void)bytes, (void)length;
}

static void session(void *context, const uint8_t *bytes, size_t length)
{
    (void)context, (void)bytes, (void)length;
}

static lk_error sign(void *context, const lk_signature_scheme *scheme, const uint8_t *data, size_t length,
                     uint8_t *signature, size_t *signature_length)
{
    (void)context, (void)scheme, (void)data, (void)length, (void)signature, (void)signature_length;
    return LK_ERROR_WRONG_STATE; /* the keys are at hand */
}

static lk_error judge(void *context, const lk_chain_verdict *verdict, const char *diagnosis,
                      const lk_certificate_chain *chain)
{
    (void)context, (void)diagnosis, (void)chain;
    return verdict->error;
}

static void parse_row(const lk_row *row, const uint8_t *head, const uint8_t *body, size_t size)
{
    static const lk_handshake_observer observer = {NULL, message, alert, keys, secret, session, sign, judge};
    const lk_config *config = fuzz_side_config(row->role, head[2] % SIDE_FORMS & ~(unsigned)SIDE_VERSIONS);
    lk_record_layer *layer = NULL;
    lk_handshake *handshake = NULL;
    fuzz_randomness_start(STREAM);
    must(lk_record_layer_new(config->software, NULL, NULL, &layer) == LK_OK &&
         lk_handshake_new(&config->settings, row->role, row->role == LK_CLIENT ? "localhost" : NULL, layer, &observer,
                          &handshake) == LK_OK);
    if (prepare(handshake, row, head) && (!row->when || row->when(handshake))) {
        introduce(handshake, row);
        uint8_t *whole = calloc(1, LK_MESSAGE_HEADER + size);
        must(whole);
        if (size > 0)
            memcpy(whole + LK_MESSAGE_HEADER, body, size);
        lk_reader reader = lk_reader_over(whole + LK_MESSAGE_HEADER, size);
        (void)row->parse(handshake, &reader);
        must(reader.left <= size);
        free(whole);
    }
    lk_handshake_free(handshake);
    lk_record_layer_free(layer);
}

static void parse_session(const uint8_t *body, size_t size)
{
    lk_resumption resumption = {0};
    lk_reader reader = lk_reader_over(body, size);
    lk_error error = lk_resumption_parse(&resumption, &reader);
    must(error == LK_OK || resumption.ticket == NULL);
    lk_resumption_clear(&resumption);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    const lk_row *row = receiving_row(data[0] % 64);
    if (row)
        parse_row(row, data, data + HEAD, size - HEAD);
    else
        parse_session(data + HEAD, size - HEAD);
    return 0;
}
