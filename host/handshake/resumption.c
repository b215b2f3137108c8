/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/resumption.h"

#include "base/secret.h"
#include "handshake/digest.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FORMAT = 2,        /* the first byte; another one belongs to another release of this library */
    FIXED_SIZE = 96,   /* more than all numbers and lengths, and an id */
    CHAIN_OVERHEAD = 3 /* of a certificate */
};

size_t lk_resumption_secret_length(const lk_resumption *resumption)
{
    if (resumption->external_length > 0)
        return resumption->external_length;
    return resumption->version >= LK_TLS1_3 ? lk_hash_length(resumption->suite->hash) : LK_MASTER_SECRET_LENGTH;
}

size_t lk_resumption_size(const lk_resumption *resumption)
{
    return FIXED_SIZE + sizeof resumption->secret + sizeof resumption->name + resumption->ticket_length +
           lk_certificate_chain_size(&resumption->chain) + resumption->chain.count * CHAIN_OVERHEAD;
}

void lk_resumption_compose(const lk_resumption *resumption, lk_writer *writer)
{
    lk_writer_u8(writer, FORMAT);
    lk_writer_u16(writer, resumption->version);
    lk_writer_u16(writer, resumption->suite->number);
    lk_writer_bytes(writer, resumption->secret, lk_resumption_secret_length(resumption));
    lk_writer_u64(writer, resumption->born);
    lk_writer_u64(writer, resumption->issued);
    lk_writer_u32(writer, resumption->lifetime);
    lk_writer_u32(writer, resumption->age_add);
    lk_writer_u8(writer, resumption->extended_master_secret);
    lk_writer_u8(writer, resumption->max_fragment);
    lk_writer_vector name = lk_writer_begin(writer, 1);
    lk_writer_bytes(writer, resumption->name, strlen(resumption->name));
    lk_writer_end(writer, name);
    lk_writer_vector chain = lk_writer_begin(writer, 3);
    for (size_t i = 0; i < resumption->chain.count; i++) {
        lk_writer_vector certificate = lk_writer_begin(writer, 3);
        lk_writer_bytes(writer, resumption->chain.rows[i].bytes, resumption->chain.rows[i].length);
        lk_writer_end(writer, certificate);
    }
    lk_writer_end(writer, chain);
    lk_writer_vector id = lk_writer_begin(writer, 1);
    lk_writer_bytes(writer, resumption->id, resumption->id_length);
    lk_writer_end(writer, id);
    lk_writer_vector ticket = lk_writer_begin(writer, 2);
    lk_writer_bytes(writer, resumption->ticket, resumption->ticket_length);
    lk_writer_end(writer, ticket);
}

static lk_error parse_chain(lk_resumption *resumption, lk_reader list)
{
    lk_error error = list.failed ? LK_ERROR_DECODE : LK_OK;
    while (!error && list.left > 0) {
        lk_reader certificate = lk_reader_vector24(&list);
        error = list.failed ? LK_ERROR_DECODE
                            : lk_certificate_chain_add(&resumption->chain, certificate.next, certificate.left);
    }
    return error == LK_ERROR_CERTIFICATE_MALFORMED ? LK_ERROR_DECODE : error;
}

static lk_error parse_ticket(lk_resumption *resumption, lk_reader ticket)
{
    if (ticket.left == 0)
        return LK_OK;
    resumption->ticket = malloc(ticket.left);
    if (!resumption->ticket)
        return LK_ERROR_NO_MEMORY;
    resumption->ticket_length = ticket.left;
    lk_reader_copy(&ticket, resumption->ticket, ticket.left);
    return LK_OK;
}

static lk_error parse(lk_resumption *resumption, lk_reader *reader)
{
    uint8_t format = lk_reader_u8(reader);
    resumption->version = lk_reader_u16(reader);
    resumption->suite = lk_suite_find(lk_reader_u16(reader));
    if (format != FORMAT || !resumption->suite || !lk_suite_allows(resumption->suite, resumption->version))
        return LK_ERROR_DECODE;
    lk_reader_copy(reader, resumption->secret, lk_resumption_secret_length(resumption));
    resumption->born = lk_reader_u64(reader);
    resumption->issued = lk_reader_u64(reader);
    resumption->lifetime = lk_reader_u32(reader);
    resumption->age_add = lk_reader_u32(reader);
    uint8_t flags = lk_reader_u8(reader);
    resumption->extended_master_secret = flags;
    resumption->max_fragment = lk_reader_u8(reader);
    lk_reader name = lk_reader_vector8(reader);
    if (flags > 1 || (name.left > 0 && memchr(name.next, '\0', name.left)))
        return LK_ERROR_DECODE;
    lk_reader_copy(&name, resumption->name, name.left);
    lk_reader chain = lk_reader_vector24(reader);
    lk_reader id = lk_reader_vector8(reader);
    lk_reader ticket = lk_reader_vector16(reader);
    if (!lk_reader_finished(reader) || id.left > sizeof resumption->id)
        return LK_ERROR_DECODE;
    resumption->id_length = id.left;
    lk_reader_copy(&id, resumption->id, id.left);
    lk_error error = parse_chain(resumption, chain);
    return error ? error : parse_ticket(resumption, ticket);
}

lk_error lk_resumption_parse(lk_resumption *resumption, lk_reader *reader)
{
    *resumption = (lk_resumption){0};
    lk_error error = parse(resumption, reader);
    if (error)
        lk_resumption_clear(resumption);
    return error;
}

bool lk_resumption_alive(const lk_resumption *resumption, uint64_t now)
{
    uint32_t lifetime = resumption->lifetime;
    if (lifetime > LK_RESUMPTION_LIFETIME_MAX)
        lifetime = LK_RESUMPTION_LIFETIME_MAX;
    return resumption->born <= resumption->issued && resumption->issued <= now &&
           now - resumption->issued <= (uint64_t)lifetime * 1000 &&
           now - resumption->born <= (uint64_t)LK_RESUMPTION_LIFETIME_MAX * 1000;
}

void lk_resumption_clear(lk_resumption *resumption)
{
    lk_certificate_chain_clear(&resumption->chain);
    free(resumption->ticket);
    lk_secret_wipe(resumption, sizeof *resumption);
}

uint64_t lk_resumption_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
