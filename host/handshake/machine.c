/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: finds the row of the table that counts, has its message composed or parsed, and goes on to the next
 * state. */
#include "handshake/machine.h"

#include "handshake/messages.h"
#include "handshake/post_handshake.h"
#include "handshake/renegotiation.h"
#include "handshake/resume.h"

#include <stdlib.h>
#include <string.h>

enum { LEVEL_WARNING = 1, COMPATIBILITY_VALUE = 1 /* the one byte of a change_cipher_spec */ };

static const char *message_name(lk_message message)
{
    static const struct {
        lk_message message;
        const char *name;
    } names[] = {
        {LK_HELLO_REQUEST, "hello_request"},
        {LK_CLIENT_HELLO, "client_hello"},
        {LK_SERVER_HELLO, "server_hello"},
        {LK_NEW_SESSION_TICKET, "new_session_ticket"},
        {LK_ENCRYPTED_EXTENSIONS, "encrypted_extensions"},
        {LK_CERTIFICATE, "certificate"},
        {LK_SERVER_KEY_EXCHANGE, "server_key_exchange"},
        {LK_CERTIFICATE_REQUEST, "certificate_request"},
        {LK_SERVER_HELLO_DONE, "server_hello_done"},
        {LK_CERTIFICATE_STATUS, "certificate_status"},
        {LK_CERTIFICATE_VERIFY, "certificate_verify"},
        {LK_CLIENT_KEY_EXCHANGE, "client_key_exchange"},
        {LK_FINISHED, "finished"},
        {LK_KEY_UPDATE, "key_update"},
        {LK_HELLO_RETRY_REQUEST, "hello_retry_request"},
        {LK_CHANGE_CIPHER_SPEC, "change_cipher_spec"},
        {LK_NO_CERTIFICATE, "no_certificate"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].message == message)
            return names[i].name;
    return "unknown";
}

/* The table */

/* TLS 1.2 and its forerunners have the same messages in the same order. */
static bool version_stands(const lk_row *row, uint16_t version)
{
    return row->version == 0 || row->version == version ||
           (row->version == LK_TLS1_2 && version > 0 && version < LK_TLS1_2);
}

static bool row_stands(const lk_handshake *handshake, const lk_row *row)
{
    return row->role == handshake->role && version_stands(row, handshake->version) &&
           (row->state == LK_STATE_ANY || row->state == handshake->state) && (!row->when || row->when(handshake));
}

/* The row by which this side goes on by itself, or NULL when it must hear from the peer. */
static const lk_row *row_of_own(const lk_handshake *handshake)
{
    size_t count = 0;
    const lk_row *rows = lk_row_table(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].way != LK_RECEIVES && row_stands(handshake, &rows[i]))
            return &rows[i];
    return NULL;
}

static const lk_row *row_of_message(const lk_handshake *handshake, lk_message message)
{
    size_t count = 0;
    const lk_row *rows = lk_row_table(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].way == LK_RECEIVES && rows[i].message == message && row_stands(handshake, &rows[i]))
            return &rows[i];
    return NULL;
}

static void complete(lk_handshake *handshake)
{
    lk_record_layer_expect_data(handshake->layer, true);
    lk_export_keep(handshake);
    lk_renegotiation_finish(handshake);
    lk_handshake_release_memory(handshake);
}

static lk_error row_finish(lk_handshake *handshake, const lk_row *row)
{
    lk_error error = row->then ? row->then(handshake) : LK_OK;
    if (error || row->next == LK_STATE_ANY)
        return error;
    lk_state before = handshake->state;
    handshake->state = row->next;
    if (handshake->state == LK_STATE_ESTABLISHED && before < LK_STATE_ESTABLISHED)
        complete(handshake);
    if (handshake->state == LK_STATE_ESTABLISHED && before > LK_STATE_ESTABLISHED) {
        lk_post_handshake_finish(handshake);
        lk_handshake_release_memory(handshake);
    }
    return LK_OK;
}

/* RFC 8446 section 4.4.1: the transcript has the messages of the handshake, and of an authentication behind it; RFC
 * 5246 section 7.4.1.1: but no HelloRequest. */
static bool belongs_to_transcript(const lk_handshake *handshake, const lk_row *row)
{
    bool outside = handshake->state == LK_STATE_ESTABLISHED && row->next == LK_STATE_ESTABLISHED;
    return (!outside || row->message == LK_CERTIFICATE_REQUEST) && row->message != LK_HELLO_REQUEST;
}

static void tell(lk_handshake *handshake, bool sent, lk_message message, lk_reader body)
{
    uint8_t type = message == LK_HELLO_RETRY_REQUEST ? LK_SERVER_HELLO : (uint8_t)message;
    handshake->observer.message(handshake->observer.context, sent, type, message_name(message), body,
                                handshake->meaning);
}

/* Sending */

static uint8_t *outgoing(lk_handshake *handshake, size_t *capacity)
{
    *capacity = handshake->outgoing ? handshake->outgoing_capacity : sizeof handshake->small;
    return handshake->outgoing ? handshake->outgoing : handshake->small;
}

static lk_error compose(lk_handshake *handshake, const lk_row *row)
{
    size_t capacity = 0;
    uint8_t *memory = outgoing(handshake, &capacity);
    lk_writer writer = lk_writer_into(memory, capacity);
    uint8_t type = (uint8_t)(row->message == LK_HELLO_RETRY_REQUEST ? LK_SERVER_HELLO : row->message);
    handshake->meaning[0] = '\0';
    lk_writer_u8(&writer, type);
    lk_writer_vector body = lk_writer_begin(&writer, 3);
    lk_error error = row->compose(handshake, &writer);
    lk_writer_end(&writer, body);
    if (!error && writer.failed)
        error = lk_handshake_fail(handshake, LK_ERROR_INVALID_ARGUMENT, "our own %s is too long",
                                  message_name(row->message));
    if (!error && row->message == LK_CLIENT_HELLO)
        error = lk_resume_bind(handshake, memory, writer.length);
    if (!error && belongs_to_transcript(handshake, row))
        error = lk_transcript_add(&handshake->transcript, memory, writer.length);
    handshake->outgoing_length = writer.length;
    if (!error)
        tell(handshake, true, row->message,
             lk_reader_over(memory + LK_MESSAGE_HEADER, writer.length - LK_MESSAGE_HEADER));
    return error;
}

static void compose_change_cipher_spec(lk_handshake *handshake)
{
    size_t capacity = 0;
    outgoing(handshake, &capacity)[0] = COMPATIBILITY_VALUE;
    handshake->outgoing_length = 1;
    handshake->compatibility_sent = true;
}

/* RFC 6101 section 5.6.6: a client without a certificate sends "a no_certificate alert" instead of the message. */
static void compose_no_certificate(lk_handshake *handshake)
{
    size_t capacity = 0;
    lk_writer writer = lk_writer_into(outgoing(handshake, &capacity), LK_SMALL_MESSAGE);
    lk_writer_u8(&writer, LEVEL_WARNING);
    lk_writer_u8(&writer, LK_ALERT_NO_CERTIFICATE);
    handshake->outgoing_length = writer.length;
}

static uint8_t content_type(lk_message message)
{
    return message == LK_CHANGE_CIPHER_SPEC ? LK_CONTENT_CHANGE_CIPHER_SPEC
           : message == LK_NO_CERTIFICATE   ? LK_CONTENT_ALERT
                                            : LK_CONTENT_HANDSHAKE;
}

/* Gives the record layer what was composed. WANT_WRITE and WANT_ENGINE leave it pending. */
static lk_error send_pending(lk_handshake *handshake)
{
    size_t capacity = 0;
    const lk_row *row = handshake->pending;
    const uint8_t *memory = outgoing(handshake, &capacity);
    while (handshake->outgoing_sent < handshake->outgoing_length) {
        size_t taken = 0;
        lk_error error =
            lk_record_layer_write(handshake->layer, content_type(row->message), memory + handshake->outgoing_sent,
                                  handshake->outgoing_length - handshake->outgoing_sent, &taken);
        if (error)
            return error;
        handshake->outgoing_sent += taken;
    }
    if (row->message == LK_NO_CERTIFICATE)
        handshake->observer.alert(handshake->observer.context, true, false, LK_ALERT_NO_CERTIFICATE,
                                  "the client has no certificate to give");
    handshake->pending = NULL;
    handshake->outgoing_sent = 0;
    return row_finish(handshake, row);
}

static lk_error go_on(lk_handshake *handshake, const lk_row *row)
{
    lk_error error = LK_OK;
    if (row->way == LK_PASSES)
        return row_finish(handshake, row);
    /* A flight ends where the other side has to answer: what the peer sent behind its end it sent without having heard
     * the answer. (Behind a key change it would be under the wrong key too: RFC 8446 section 5.1.) */
    bool begins = row->message == LK_CLIENT_HELLO; /* a flight of this side, also in an established state */
    if ((!lk_handshake_is_over(handshake) || begins) && lk_handshake_in_message(handshake))
        return lk_handshake_fail(handshake, LK_ERROR_UNEXPECTED_MESSAGE,
                                 "the peer sent more than it may before it has heard this side's %s",
                                 message_name(row->message));
    if (row->message == LK_CHANGE_CIPHER_SPEC)
        compose_change_cipher_spec(handshake);
    else if (row->message == LK_NO_CERTIFICATE)
        compose_no_certificate(handshake);
    else
        error = compose(handshake, row);
    if (!error)
        handshake->pending = row;
    return error;
}

/* Receiving */

lk_error lk_handshake_take(lk_handshake *handshake, const uint8_t *data, size_t length)
{
    size_t needed = handshake->incoming_length + length;
    if (length > LK_MESSAGE_MAX || needed > LK_MESSAGE_MAX + LK_RECORD_PLAINTEXT_MAX)
        return LK_ERROR_ILLEGAL_PARAMETER;
    if (needed > handshake->incoming_capacity) {
        uint8_t *larger = realloc(handshake->incoming, needed);
        if (!larger)
            return LK_ERROR_NO_MEMORY;
        handshake->incoming = larger;
        handshake->incoming_capacity = needed;
    }
    if (length > 0)
        memcpy(handshake->incoming + handshake->incoming_length, data, length);
    handshake->incoming_length = needed;
    return LK_OK;
}

bool lk_handshake_in_message(const lk_handshake *handshake)
{
    return handshake->incoming_length > handshake->incoming_taken;
}

/* Gives the memory of messages back once all are taken in, or moves what is left to the front. */
static void compact(lk_handshake *handshake)
{
    size_t left = handshake->incoming_length - handshake->incoming_taken;
    if (left == 0) {
        free(handshake->incoming);
        handshake->incoming = NULL;
        handshake->incoming_capacity = 0;
    } else if (handshake->incoming_taken > 0) {
        memmove(handshake->incoming, handshake->incoming + handshake->incoming_taken, left);
    }
    handshake->incoming_length = left;
    handshake->incoming_taken = 0;
}

static lk_message kind_of(uint8_t type, lk_reader body)
{
    return type == LK_SERVER_HELLO && lk_hello_retry_request_is(body) ? LK_HELLO_RETRY_REQUEST : (lk_message)type;
}

static lk_error parse(lk_handshake *handshake, const lk_row *row, lk_reader body)
{
    handshake->meaning[0] = '\0';
    lk_reader whole = body;
    lk_error error = row->parse(handshake, &body);
    if (!error && !lk_reader_finished(&body))
        error = LK_ERROR_DECODE;
    if (error && handshake->diagnosis[0] == '\0')
        lk_handshake_fail(handshake, error, "%s (%s)", lk_error_sentence(error), message_name(row->message));
    tell(handshake, false, row->message, whole);
    return error;
}

/* Takes in the next message if it is there in whole. */
static lk_error take_in(lk_handshake *handshake)
{
    size_t left = handshake->incoming_length - handshake->incoming_taken;
    if (left < LK_MESSAGE_HEADER)
        return LK_ERROR_WANT_READ; /* there may be no memory at all */
    const uint8_t *message = handshake->incoming + handshake->incoming_taken;
    lk_reader reader = lk_reader_over(message, left);
    uint8_t type = lk_reader_u8(&reader);
    size_t length = lk_reader_u24(&reader);
    if (length > LK_MESSAGE_MAX - LK_MESSAGE_HEADER)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER, "the peer announces a message of %zu bytes",
                                 length);
    if (reader.left < length)
        return LK_ERROR_WANT_READ;
    lk_reader body = lk_reader_over(reader.next, length);
    const lk_row *row = row_of_message(handshake, kind_of(type, body));
    if (!row || !row->parse)
        return lk_handshake_fail(handshake, LK_ERROR_UNEXPECTED_MESSAGE, "%s (%s)",
                                 lk_error_sentence(LK_ERROR_UNEXPECTED_MESSAGE), message_name(kind_of(type, body)));
    lk_error error = parse(handshake, row, body);
    if (!error && belongs_to_transcript(handshake, row))
        error = lk_transcript_add(&handshake->transcript, message, LK_MESSAGE_HEADER + length);
    handshake->incoming_taken += LK_MESSAGE_HEADER + length;
    return error ? error : row_finish(handshake, row);
}

/* RFC 8446 section 5: "An implementation may receive an unencrypted record of type change_cipher_spec consisting of the
 * single byte value 0x01 at any time after the first ClientHello message has been sent or received and before the
 * peer's Finished message has been received and MUST simply drop it". */
static bool compatibility_allowed(const lk_handshake *handshake)
{
    bool may_be_1_3 =
        handshake->version == LK_TLS1_3 || (handshake->version == 0 && lk_handshake_speaks(handshake, LK_TLS1_3));
    return may_be_1_3 && handshake->state != LK_STATE_START && !lk_handshake_is_over(handshake);
}

lk_error lk_handshake_change_cipher_spec(lk_handshake *handshake, const uint8_t *data, size_t length)
{
    bool proper = length == 1 && data[0] == COMPATIBILITY_VALUE;
    const lk_row *row = row_of_message(handshake, LK_CHANGE_CIPHER_SPEC);
    if (proper && compatibility_allowed(handshake) && !lk_handshake_in_message(handshake))
        return lk_handshake_idle(handshake);
    if (!proper || !row || lk_handshake_in_message(handshake))
        return lk_handshake_fail(handshake, LK_ERROR_UNEXPECTED_MESSAGE, "%s (change_cipher_spec)",
                                 lk_error_sentence(LK_ERROR_UNEXPECTED_MESSAGE));
    return row_finish(handshake, row);
}

lk_error lk_handshake_no_certificate(lk_handshake *handshake, bool *awaited)
{
    const lk_row *row = row_of_message(handshake, LK_NO_CERTIFICATE);
    *awaited = row && !lk_handshake_in_message(handshake);
    return *awaited ? row_finish(handshake, row) : LK_OK;
}

static lk_error step(lk_handshake *handshake)
{
    if (handshake->pending)
        return send_pending(handshake);
    const lk_row *row = row_of_own(handshake);
    return row ? go_on(handshake, row) : take_in(handshake);
}

/* Nothing to send and nothing that came: as it is before nearly every record with data. */
static bool at_rest(const lk_handshake *handshake)
{
    return handshake->state == LK_STATE_ESTABLISHED && !handshake->pending && handshake->incoming_length == 0 &&
           !handshake->update_wanted && !handshake->later.wanted && !handshake->renegotiation_wanted;
}

lk_error lk_handshake_run(lk_handshake *handshake)
{
    lk_error error = LK_OK;
    if (at_rest(handshake))
        return LK_OK;
    while (!error)
        error = step(handshake);
    compact(handshake);
    if (error == LK_ERROR_WANT_READ && handshake->state == LK_STATE_ESTABLISHED)
        return LK_OK;
    return error;
}
