/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/streams.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_HEADER = 5, CLIENT_HELLO = 1, SERVER_HELLO = 2, ADDRESS_TEXT = INET6_ADDRSTRLEN + 8, LINE = 160 };

/* Bytes that came before those in front of them. */
typedef struct piece {
    struct piece *next;
    uint32_t sequence;
    size_t length;
    uint8_t bytes[];
} piece;

/* What one side sends. */
typedef struct stream {
    bool begun;     /* next is known */
    bool over;      /* nothing more is looked at */
    bool end_known; /* the FIN was seen */
    uint32_t next, end;
    piece *pieces; /* in the order of their sequence numbers */
    size_t waiting;
} stream;

typedef enum progress { SILENT, SHOWN, PASSED_OVER, CLOSED } progress;

struct lk_stream_connection {
    lk_stream_connection *next;
    progress progress;
    unsigned number;
    bool six;
    lk_packet_end ends[2]; /* by lk_role */
    stream streams[2];     /* by lk_role of the sender */
    lk_watch *watch;       /* while it is shown */
};

static void name_connection(const lk_streams *streams, const lk_stream_connection *connection)
{
    (void)snprintf(streams->trace->label, sizeof streams->trace->label, "#%u", connection->number);
}

/* Making and freeing */

static void drop_pieces(stream *of)
{
    while (of->pieces) {
        piece *first = of->pieces;
        of->pieces = first->next;
        free(first);
    }
    of->waiting = 0;
}

/* Looks at no more of it; its place is kept, so that stray segments do not begin it again. */
static void retire(lk_stream_connection *connection, progress how)
{
    for (int role = 0; role < 2; role++)
        drop_pieces(&connection->streams[role]);
    lk_watch_free(connection->watch);
    connection->watch = NULL;
    connection->progress = how;
}

static void give_up(lk_streams *streams, lk_stream_connection *connection, lk_role sender, uint64_t missing)
{
    stream *of = &connection->streams[sender];
    name_connection(streams, connection);
    if (connection->watch)
        lk_watch_gap(connection->watch, sender, missing);
    drop_pieces(of);
    of->over = true;
}

static void end_stream(lk_streams *streams, lk_stream_connection *connection, lk_role sender)
{
    stream *of = &connection->streams[sender];
    name_connection(streams, connection);
    if (of->pieces)
        give_up(streams, connection, sender, of->pieces->sequence - of->next);
    else if (connection->watch)
        lk_watch_end(connection->watch, sender);
    of->over = true;
}

static void end_connection(lk_streams *streams, lk_stream_connection *connection, const char *how)
{
    char line[LINE];
    bool shown = connection->progress == SHOWN;
    if (!connection->streams[LK_CLIENT].over)
        end_stream(streams, connection, LK_CLIENT);
    if (!connection->streams[LK_SERVER].over)
        end_stream(streams, connection, LK_SERVER);
    name_connection(streams, connection);
    (void)snprintf(line, sizeof line, "=== connection %u %s", connection->number, how);
    if (shown)
        lk_trace_say(streams->trace, line);
    if (connection->progress != PASSED_OVER)
        retire(connection, CLOSED);
}

void lk_streams_open(lk_streams *streams, lk_watch_keys *keys, lk_trace *trace)
{
    *streams = (lk_streams){.keys = keys, .trace = trace};
}

static void remove_last(lk_streams *streams)
{
    lk_stream_connection **last = &streams->first;
    while ((*last)->next)
        last = &(*last)->next;
    end_connection(streams, *last, "is given up: too many others have begun since");
    free(*last);
    *last = NULL;
    streams->count--;
}

void lk_streams_close(lk_streams *streams)
{
    /* the oldest first, as they began */
    lk_stream_connection *oldest = NULL;
    while (streams->first) {
        lk_stream_connection *connection = streams->first;
        streams->first = connection->next;
        connection->next = oldest;
        oldest = connection;
    }
    while (oldest) {
        lk_stream_connection *connection = oldest;
        oldest = connection->next;
        if (connection->progress == SHOWN)
            end_connection(streams, connection, "was open at the end of the capture");
        retire(connection, CLOSED);
        free(connection);
    }
    streams->count = 0;
}

/* Who is who */

static bool same_end(const lk_packet_end *one, const lk_packet_end *other)
{
    return one->port == other->port && memcmp(one->address, other->address, sizeof one->address) == 0;
}

static lk_stream_connection *find(const lk_streams *streams, const lk_segment *segment, lk_role *sender)
{
    for (lk_stream_connection *each = streams->first; each; each = each->next) {
        if (each->six != segment->six)
            continue;
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            if (same_end(&each->ends[role], &segment->source) && same_end(&each->ends[!role], &segment->target)) {
                *sender = role;
                return each;
            }
    }
    return NULL;
}

/* Of a connection whose beginning is not in the capture: by the hello, or else by the lower port. */
static lk_role guess_sender(const lk_segment *segment)
{
    if (segment->begins)
        return segment->acknowledges ? LK_SERVER : LK_CLIENT;
    lk_reader payload = segment->payload;
    uint8_t record = lk_reader_u8(&payload);
    (void)lk_reader_u32(&payload);
    uint8_t message = lk_reader_u8(&payload);
    if (record == 22 && (message == CLIENT_HELLO || message == SERVER_HELLO))
        return message == CLIENT_HELLO ? LK_CLIENT : LK_SERVER;
    return segment->source.port < segment->target.port ? LK_SERVER : LK_CLIENT;
}

static lk_stream_connection *add(lk_streams *streams, const lk_segment *segment, lk_role *sender)
{
    if (streams->count == LK_STREAMS_MAX)
        remove_last(streams);
    lk_stream_connection *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    *sender = guess_sender(segment);
    made->six = segment->six;
    made->ends[*sender] = segment->source;
    made->ends[!*sender] = segment->target;
    made->next = streams->first;
    streams->first = made;
    streams->count++;
    return made;
}

/* Showing */

static void print_end(const lk_stream_connection *connection, lk_role role, char *text, size_t size)
{
    char address[INET6_ADDRSTRLEN];
    const lk_packet_end *end = &connection->ends[role];
    if (!inet_ntop(connection->six ? AF_INET6 : AF_INET, end->address, address, sizeof address))
        address[0] = '\0';
    (void)snprintf(text, size, "%s port %u", address, end->port);
}

/* A type of records and the major version of all of them; or the hello of SSL 2.0 that a server of TLS may get. */
static bool looks_like_tls(lk_reader bytes)
{
    uint8_t type = lk_reader_u8(&bytes), major = lk_reader_u8(&bytes);
    uint8_t message = type & 0x80 ? lk_reader_u8(&bytes) : 0;
    if (type & 0x80)
        return message == CLIENT_HELLO && lk_reader_u8(&bytes) <= 3;
    return type >= 20 && type <= 23 && (major == 3 || bytes.failed);
}

/* The first content decides whether it is shown. */
static lk_error begin(lk_streams *streams, lk_stream_connection *connection, lk_reader bytes)
{
    char client[ADDRESS_TEXT], server[ADDRESS_TEXT], line[LINE];
    if (!looks_like_tls(bytes)) {
        streams->passed_over++;
        retire(connection, PASSED_OVER);
        return LK_OK;
    }
    lk_error error = lk_watch_new(streams->keys, lk_trace_observe, streams->trace, &connection->watch);
    if (error)
        return error;
    connection->progress = SHOWN;
    connection->number = ++streams->shown;
    print_end(connection, LK_CLIENT, client, sizeof client);
    print_end(connection, LK_SERVER, server, sizeof server);
    name_connection(streams, connection);
    (void)snprintf(line, sizeof line, "=== connection %u: client %s, server %s", connection->number, client, server);
    lk_trace_say(streams->trace, line);
    return LK_OK;
}

static lk_error deliver(lk_streams *streams, lk_stream_connection *connection, lk_role sender, lk_reader bytes)
{
    lk_error error = LK_OK;
    connection->streams[sender].next += (uint32_t)bytes.left;
    if (connection->progress == SILENT)
        error = begin(streams, connection, bytes);
    if (error || connection->progress != SHOWN)
        return error;
    name_connection(streams, connection);
    lk_watch_bytes(connection->watch, sender, bytes.next, bytes.left);
    return LK_OK;
}

/* Putting in order: sequence numbers go round, and are compared by their distance from the next one. */

static int32_t distance(const stream *of, uint32_t sequence)
{
    return (int32_t)(sequence - of->next);
}

static lk_error keep(stream *of, uint32_t sequence, lk_reader bytes)
{
    piece **at = &of->pieces;
    while (*at && distance(of, (*at)->sequence) <= distance(of, sequence))
        at = &(*at)->next;
    piece *made = malloc(sizeof *made + bytes.left);
    if (!made)
        return LK_ERROR_NO_MEMORY;
    made->sequence = sequence;
    made->length = bytes.left;
    memcpy(made->bytes, bytes.next, bytes.left);
    made->next = *at;
    *at = made;
    of->waiting += made->length;
    return LK_OK;
}

/* What of the bytes from there on has not been delivered; empty when all has. */
static lk_reader news(const stream *of, uint32_t sequence, lk_reader bytes)
{
    int64_t behind = -(int64_t)distance(of, sequence); /* half way round has no opposite in 32 bits */
    if (behind > 0)
        (void)lk_reader_bytes(&bytes, (size_t)behind < bytes.left ? (size_t)behind : bytes.left);
    return bytes;
}

static lk_error deliver_pieces(lk_streams *streams, lk_stream_connection *connection, lk_role sender)
{
    stream *of = &connection->streams[sender];
    lk_error error = LK_OK;
    while (!error && of->pieces && distance(of, of->pieces->sequence) <= 0) {
        piece *first = of->pieces;
        lk_reader bytes = news(of, first->sequence, lk_reader_over(first->bytes, first->length));
        of->pieces = first->next;
        of->waiting -= first->length;
        if (bytes.left > 0)
            error = deliver(streams, connection, sender, bytes);
        free(first);
    }
    return error;
}

static lk_error take_payload(lk_streams *streams, lk_stream_connection *connection, lk_role sender,
                             const lk_segment *segment)
{
    stream *of = &connection->streams[sender];
    uint32_t sequence = segment->sequence + segment->begins;
    lk_error error = LK_OK;
    if (!of->begun) {
        of->begun = true;
        of->next = sequence;
    }
    if (distance(of, sequence) > 0) {
        if (segment->payload.left > 0)
            error = keep(of, sequence, segment->payload);
        if (!error && of->waiting > LK_STREAMS_WAITING_MAX)
            give_up(streams, connection, sender, (uint64_t)distance(of, of->pieces->sequence));
        return error;
    }
    lk_reader bytes = news(of, sequence, segment->payload);
    if (bytes.left > 0)
        error = deliver(streams, connection, sender, bytes);
    if (!error && segment->missing > 0 && distance(of, sequence + (uint32_t)segment->payload.left) == 0)
        give_up(streams, connection, sender, segment->missing);
    return error ? error : deliver_pieces(streams, connection, sender);
}

static void take_end(lk_streams *streams, lk_stream_connection *connection, lk_role sender, const lk_segment *segment)
{
    stream *of = &connection->streams[sender];
    if (segment->ends) {
        of->end_known = true;
        of->end = segment->sequence + segment->begins + (uint32_t)(segment->payload.left + segment->missing);
    }
    if (of->end_known && !of->over && of->end == of->next)
        end_stream(streams, connection, sender);
    if (segment->resets)
        end_connection(streams, connection, sender == LK_CLIENT ? "is reset by the client" : "is reset by the server");
    else if (connection->streams[LK_CLIENT].over && connection->streams[LK_SERVER].over)
        end_connection(streams, connection, "ends");
}

/* A new connection between the same ends: not the repetition of a SYN. */
static bool begins_anew(const lk_stream_connection *connection, lk_role sender, const lk_segment *segment)
{
    const stream *of = &connection->streams[sender];
    if (!segment->begins)
        return false;
    return connection->progress == CLOSED || connection->progress == PASSED_OVER ||
           (of->begun && of->next != segment->sequence + 1 && sender == LK_CLIENT);
}

lk_error lk_streams_take(lk_streams *streams, const lk_segment *segment)
{
    lk_role sender = LK_CLIENT;
    lk_stream_connection *connection = find(streams, segment, &sender);
    if (connection && begins_anew(connection, sender, segment)) {
        if (connection->progress == SHOWN)
            end_connection(streams, connection, "is followed by another between the same ends");
        retire(connection, SILENT);
        memset(connection->streams, 0, sizeof connection->streams);
    }
    if (!connection && (segment->begins || segment->payload.left > 0)) {
        connection = add(streams, segment, &sender);
        if (!connection)
            return LK_ERROR_NO_MEMORY;
    }
    if (!connection || connection->progress == CLOSED || connection->progress == PASSED_OVER)
        return LK_OK;
    lk_error error = LK_OK;
    if (!connection->streams[sender].over && (segment->begins || segment->payload.left > 0))
        error = take_payload(streams, connection, sender, segment);
    if (!error && connection->progress != PASSED_OVER)
        take_end(streams, connection, sender, segment);
    return error;
}
