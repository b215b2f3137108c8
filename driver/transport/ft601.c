/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/ft601.h"

#include "base/reader.h"
#include "base/secret.h"
#include "transport/diagnosis.h"
#include "transport/ft601_frames.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SESSION = 0x01, /* the chip's endpoints */
    DATA_OUT = 0x02,
    DATA_IN = 0x82,
    SESSION_COMMAND_BYTES = 20,
    SESSION_READ = 1,
    READ_BYTES = 65536,
    OUT_BYTES_MAX = LK_FRAME_OUT_WORDS_MAX * 4,
    VENDOR_IN = 0xC0,
    VENDOR = 0x40, /* bit of a vendor request's type */
    CHIP_CONFIGURATION = 0xCF,
    CHIP_CONFIGURATION_READ = 1, /* wValue */
    CHIP_CONFIGURATION_BYTES = 152,
    MODE_OFFSET = 138,
    MODE_245 = 0,
    ONE_CHANNEL = 2,
    WITHDRAW_ROUNDS = 10,
    WITHDRAW_ROUND_MS = 10,
    HELD_MAX = 1 << 22 /* bytes of completions that may come while a request waits for its reply */
};

/* A transfer to the board on its way: the frame's header, then the owner's bytes. */
typedef struct flight {
    lk_transfer header, data;
    uint8_t header_bytes[LK_FRAME_HEADER_BYTES];
    lk_transfer *owner;
    struct flight *next;
} flight;

typedef struct ft601 {
    lk_transport transport;
    lk_transport *chip;
    lk_error broken;   /* what the board said makes no sense */
    bool unaligned;    /* where its frames begin is not known */
    uint32_t tag;      /* of the last request */
    uint32_t sessions; /* commands to the chip */
    /* to the board */
    flight *first, *last; /* in flight, in order */
    flight *spare;
    uint8_t *idle; /* idle frames, and room for a request behind them */
    lk_transfer request;
    /* from the board */
    lk_transfer command, read;
    uint8_t command_bytes[SESSION_COMMAND_BYTES];
    size_t read_at; /* bytes of the read that were taken */
    bool reading;   /* the command, or the read, is under way or not taken whole */
    lk_frame_reader frames;
    bool asking;        /* a request waits: completions that nobody wants yet are held */
    lk_transfer *in[8]; /* the owner's, a ring */
    size_t in_head, in_count;
    uint8_t *held;
    size_t held_at, held_length, held_capacity;
} ft601;

enum { IN_MAX = sizeof((ft601 *)0)->in / sizeof(lk_transfer *) };

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void transfer_end(lk_transfer *transfer, lk_error status)
{
    transfer->in_flight = false;
    transfer->done = true;
    transfer->status = status;
}

/* ---- completions: to the owner's transfers, or held ---- */

static void in_end(ft601 *self, lk_error status)
{
    transfer_end(self->in[self->in_head], status);
    self->in_head = (self->in_head + 1) % IN_MAX;
    self->in_count--;
}

/* To transfers that wait; one that is full ends. */
static size_t give(ft601 *self, const uint8_t *data, size_t length)
{
    size_t given = 0;
    while (given < length && self->in_count > 0) {
        lk_transfer *transfer = self->in[self->in_head];
        size_t room = transfer->length - transfer->actual;
        size_t count = length - given < room ? length - given : room;
        memcpy(transfer->data + transfer->actual, data + given, count);
        transfer->actual += count;
        given += count;
        if (transfer->actual == transfer->length)
            in_end(self, LK_OK);
    }
    return given;
}

static bool hold(ft601 *self, const uint8_t *data, size_t length)
{
    size_t wanted = self->held_length + length;
    if (wanted > HELD_MAX)
        return false;
    if (wanted > self->held_capacity) {
        uint8_t *larger = malloc(2 * wanted);
        if (!larger)
            return false;
        if (self->held_length > 0)
            memcpy(larger, self->held, self->held_length);
        if (self->held)
            lk_secret_wipe(self->held, self->held_capacity);
        free(self->held);
        self->held = larger;
        self->held_capacity = 2 * wanted;
    }
    memcpy(self->held + self->held_length, data, length);
    self->held_length = wanted;
    return true;
}

static void give_held(ft601 *self)
{
    if (self->held_length == 0)
        return;
    self->held_at += give(self, self->held + self->held_at, self->held_length - self->held_at);
    if (self->held_at == self->held_length)
        self->held_at = self->held_length = 0;
}

static size_t take_completions(void *context, const uint8_t *data, size_t length)
{
    ft601 *self = context;
    size_t given = self->held_length == 0 ? give(self, data, length) : 0;
    if (given < length && self->asking && hold(self, data + given, length - given))
        given = length;
    return given;
}

/* ---- reads ---- */

/* Asks the chip for as much as one read may bring, and reads it. */
static lk_error read_begin(ft601 *self)
{
    lk_writer writer = lk_writer_into(self->command_bytes, sizeof self->command_bytes);
    lk_writer_u32_little(&writer, ++self->sessions);
    lk_writer_u8(&writer, DATA_IN);
    lk_writer_u8(&writer, SESSION_READ);
    lk_writer_zeros(&writer, 2);
    lk_writer_u32_little(&writer, READ_BYTES);
    lk_writer_zeros(&writer, 8);
    self->reading = true;
    self->read_at = 0;
    lk_error error = self->chip->methods->submit(self->chip, &self->command);
    return error ? error : self->chip->methods->submit(self->chip, &self->read);
}

/* Takes what a read has brought, and begins the next one when that is all. */
static lk_error read_take(ft601 *self)
{
    size_t taken = 0;
    if (!self->reading || !self->command.done || !self->read.done || self->broken)
        return self->broken;
    if (self->command.status)
        return self->command.status;
    if (self->read.actual > self->read.length)
        return LK_ERROR_DEVICE_PROTOCOL;
    lk_error error =
        lk_frame_read(&self->frames, self->read.data + self->read_at, self->read.actual - self->read_at, &taken);
    self->read_at += taken;
    if (error || self->read_at < self->read.actual)
        return error;
    if (self->in_count > 0 && self->in[self->in_head]->actual > 0)
        in_end(self, LK_OK); /* no more for now */
    return self->read.status ? self->read.status : read_begin(self);
}

/* ---- the owner's transfers ---- */

static lk_error submit_in(ft601 *self, lk_transfer *transfer)
{
    if (self->in_count == IN_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    self->in[(self->in_head + self->in_count++) % IN_MAX] = transfer;
    give_held(self);
    if (transfer->done || self->held_length > 0)
        return LK_OK;
    if (transfer->actual > 0)
        in_end(self, LK_OK);
    lk_error error = self->reading ? read_take(self) : read_begin(self);
    if (error)
        self->broken = error;
    return LK_OK; /* what is broken is told with the transfer */
}

static flight *flight_new(ft601 *self)
{
    flight *made = self->spare;
    if (made)
        self->spare = made->next;
    else
        made = calloc(1, sizeof *made);
    if (made)
        *made = (flight){.header = {.endpoint = DATA_OUT}, .data = {.endpoint = DATA_OUT}};
    return made;
}

static lk_error submit_out(ft601 *self, lk_transfer *transfer)
{
    if (transfer->length % 4 != 0 || transfer->length == 0 || transfer->length > OUT_BYTES_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    flight *made = flight_new(self);
    if (!made)
        return LK_ERROR_NO_MEMORY;
    made->owner = transfer;
    made->data.data = transfer->data;
    made->data.length = transfer->length;
    made->header.data = made->header_bytes;
    made->header.length = sizeof made->header_bytes;
    lk_writer writer = lk_writer_into(made->header_bytes, sizeof made->header_bytes);
    lk_frame_commands(&writer, transfer->length);
    *(self->first ? &self->last->next : &self->first) = made;
    self->last = made;
    lk_error error = self->chip->methods->submit(self->chip, &made->header);
    return error ? error : self->chip->methods->submit(self->chip, &made->data);
}

static lk_error ft601_submit(lk_transport *transport, lk_transfer *transfer)
{
    ft601 *self = (ft601 *)transport;
    transfer->in_flight = true;
    transfer->done = false;
    transfer->status = LK_OK;
    transfer->actual = 0;
    transfer->implementation = NULL;
    lk_error error = transfer->endpoint == LK_ENDPOINT_IN ? submit_in(self, transfer) : submit_out(self, transfer);
    if (error)
        transfer->in_flight = false;
    return error;
}

/* Tells the owners of those that have ended, in order. */
static void flights_collect(ft601 *self)
{
    while (self->first && self->first->header.done && self->first->data.done) {
        flight *ended = self->first;
        self->first = ended->next;
        ended->owner->actual = ended->data.actual;
        transfer_end(ended->owner, ended->header.status ? ended->header.status : ended->data.status);
        self->unaligned |= ended->owner->status != LK_OK;
        ended->next = self->spare;
        self->spare = ended;
    }
}

static void ft601_cancel(lk_transport *transport, lk_transfer *transfer)
{
    ft601 *self = (ft601 *)transport;
    if (!transfer->in_flight)
        return;
    for (flight *here = self->first; here; here = here->next) {
        if (here->owner != transfer)
            continue;
        self->chip->methods->cancel(self->chip, &here->header);
        self->chip->methods->cancel(self->chip, &here->data);
    }
    for (size_t i = 0; i < self->in_count; i++) {
        lk_transfer **place = &self->in[(self->in_head + i) % IN_MAX];
        if (*place != transfer)
            continue;
        for (; i + 1 < self->in_count; i++)
            self->in[(self->in_head + i) % IN_MAX] = self->in[(self->in_head + i + 1) % IN_MAX];
        self->in_count--;
        transfer_end(transfer, LK_ERROR_TIMED_OUT);
    }
}

/* What ended, ended; an error is told with every transfer that waits. */
static void collect(ft601 *self)
{
    flights_collect(self);
    lk_error error = read_take(self);
    if (error)
        self->broken = error;
    while (self->broken && self->in_count > 0)
        in_end(self, self->broken);
}

static lk_error ft601_progress(lk_transport *transport, int timeout)
{
    ft601 *self = (ft601 *)transport;
    lk_error error = self->chip->methods->progress(self->chip, timeout);
    collect(self);
    return error;
}

static int ft601_descriptor(const lk_transport *transport)
{
    const ft601 *self = (const ft601 *)transport;
    return self->chip->methods->descriptor(self->chip);
}

/* ---- requests ---- */

static void reset_stream(ft601 *self)
{
    self->held_at = self->held_length = 0;
    self->broken = LK_OK;
    if (self->in_count > 0)
        self->in[self->in_head]->actual = 0;
}

/* Puts a request on its way, behind idle frames where they are needed. */
static lk_error request_send(ft601 *self, uint8_t request, uint8_t count, uint8_t first, uint32_t tag)
{
    size_t idle = self->unaligned ? LK_FRAME_IDLE_WORDS : 0;
    uint8_t *end = self->idle + (size_t)LK_FRAME_IDLE_WORDS * LK_FRAME_HEADER_BYTES;
    lk_writer writer = lk_writer_into(end, LK_FRAME_REQUEST_BYTES);
    lk_frame_request(&writer, request, count, first, tag);
    if (self->request.in_flight)
        return LK_ERROR_DEVICE_LOST; /* one that could not be taken back */
    self->request = (lk_transfer){.endpoint = DATA_OUT,
                                  .data = end - idle * LK_FRAME_HEADER_BYTES,
                                  .length = idle * LK_FRAME_HEADER_BYTES + writer.length};
    lk_error error = self->reading ? LK_OK : read_begin(self);
    return error ? error : self->chip->methods->submit(self->chip, &self->request);
}

/* Its time is up; it ends soon when it is asked to. */
static void request_withdraw(ft601 *self)
{
    self->chip->methods->cancel(self->chip, &self->request);
    for (int round = 0; self->request.in_flight && round < WITHDRAW_ROUNDS; round++)
        if (self->chip->methods->progress(self->chip, WITHDRAW_ROUND_MS) != LK_OK)
            return;
}

/* Sends a request and waits for its reply. */
static lk_error ask(ft601 *self, lk_frame_reply *reply, uint8_t request, uint8_t count, uint8_t first, int64_t end)
{
    reply->tag = ++self->tag;
    self->frames.reply = reply;
    self->asking = true;
    lk_error error = request_send(self, request, count, first, reply->tag);
    int64_t left = end - milliseconds();
    while (!error && !(reply->done && self->request.done) && !self->broken && left > 0) {
        error = self->chip->methods->progress(self->chip, (int)left);
        collect(self);
        left = end - milliseconds();
    }
    if (self->request.in_flight)
        request_withdraw(self);
    self->asking = false;
    self->frames.reply = NULL;
    if (!error)
        error = self->broken ? self->broken : reply->done ? self->request.status : LK_ERROR_TIMED_OUT;
    self->unaligned |= error != LK_OK;
    return error;
}

/* STREAM_RESET and SELFTEST: all that was on its way is void, and frames begin anew. */
static lk_error ask_reset(ft601 *self, uint8_t request, int64_t end)
{
    lk_frame_reply reply = {.alone = true};
    reset_stream(self);
    lk_error error = ask(self, &reply, request, 0, 0, end);
    if (!error)
        self->unaligned = false;
    return error;
}

static lk_error ask_facts(ft601 *self, uint16_t first, uint8_t *data, size_t length, size_t *actual, int64_t end)
{
    lk_frame_reply reply = {.data = data, .capacity = length};
    if (length % 4 != 0 || length / 4 > LK_FRAME_FACTS_MAX || first > UINT8_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_error error = self->unaligned ? ask_reset(self, LK_REQUEST_STREAM_RESET, end) : LK_OK;
    if (!error)
        error = ask(self, &reply, LK_REQUEST_READ_FACTS, (uint8_t)(length / 4), (uint8_t)first, end);
    if (actual)
        *actual = reply.length;
    return !error && reply.refused ? LK_ERROR_DEVICE_STALLED : error;
}

static lk_error ft601_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                              uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    ft601 *self = (ft601 *)transport;
    int64_t end = milliseconds() + timeout;
    if ((request_type & VENDOR) == 0)
        return self->chip->methods->control(self->chip, request_type, request, value, index, data, length, actual,
                                            timeout);
    if (actual)
        *actual = 0;
    switch (request) {
    case LK_REQUEST_READ_FACTS:
        return ask_facts(self, index, data, length, actual, end);
    case LK_REQUEST_STREAM_RESET:
    case LK_REQUEST_SELFTEST:
        return ask_reset(self, request, end);
    default:
        return LK_ERROR_DEVICE_STALLED;
    }
}

/* ---- begin and end ---- */

static void ft601_close(lk_transport *transport)
{
    ft601 *self = (ft601 *)transport;
    self->chip->methods->close(self->chip);
    while (self->first) {
        flight *next = self->first->next;
        transfer_end(self->first->owner, LK_ERROR_TIMED_OUT);
        free(self->first);
        self->first = next;
    }
    while (self->spare) {
        flight *next = self->spare->next;
        free(self->spare);
        self->spare = next;
    }
    while (self->in_count > 0)
        in_end(self, LK_ERROR_TIMED_OUT);
    if (self->read.data)
        lk_secret_wipe(self->read.data, READ_BYTES);
    if (self->held)
        lk_secret_wipe(self->held, self->held_capacity);
    free(self->read.data);
    free(self->held);
    free(self->idle);
    free(self);
}

static const lk_transport_methods methods = {
    .scheme = "ft601",
    .control = ft601_control,
    .submit = ft601_submit,
    .cancel = ft601_cancel,
    .progress = ft601_progress,
    .descriptor = ft601_descriptor,
    .close = ft601_close,
};

/* A chip in another mode is somebody else's, or has never been set up: it is left as it is. */
static lk_error check_mode(lk_transport *chip, int timeout, char *diagnosis)
{
    uint8_t data[CHIP_CONFIGURATION_BYTES];
    size_t actual = 0;
    lk_error error = chip->methods->control(chip, VENDOR_IN, CHIP_CONFIGURATION, CHIP_CONFIGURATION_READ, 0, data,
                                            sizeof data, &actual, timeout);
    if (error)
        return lk_diagnose(diagnosis, error, "the FT601 does not tell its mode: %s", lk_error_sentence(error));
    lk_reader reader = lk_reader_over(data, actual <= sizeof data ? actual : 0);
    lk_reader_bytes(&reader, MODE_OFFSET);
    uint8_t mode = lk_reader_u8(&reader);
    uint8_t channels = lk_reader_u8(&reader);
    if (reader.failed || mode != MODE_245 || channels != ONE_CHANNEL)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_UNAVAILABLE,
                           "the FT601 is not in the mode of a board of ours; set it to 245 FIFO, one channel");
    return LK_OK;
}

static ft601 *allocate(lk_transport *chip)
{
    size_t idle = (size_t)LK_FRAME_IDLE_WORDS * LK_FRAME_HEADER_BYTES;
    ft601 *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->transport.methods = &methods;
    self->chip = chip;
    self->unaligned = true;
    self->frames = (lk_frame_reader){.completions = take_completions, .context = self};
    self->command = (lk_transfer){.endpoint = SESSION, .data = self->command_bytes, .length = SESSION_COMMAND_BYTES};
    self->read = (lk_transfer){.endpoint = DATA_IN, .data = malloc(READ_BYTES), .length = READ_BYTES};
    self->idle = malloc(idle + LK_FRAME_REQUEST_BYTES);
    if (self->idle) {
        lk_writer writer = lk_writer_into(self->idle, idle);
        lk_frame_idle(&writer, LK_FRAME_IDLE_WORDS);
    }
    return self;
}

lk_error lk_ft601_transport_new(lk_transport *chip, int timeout, lk_transport **transport, char *diagnosis)
{
    lk_error error = check_mode(chip, timeout, diagnosis);
    ft601 *self = error ? NULL : allocate(chip);
    *transport = NULL;
    if (!self) {
        chip->methods->close(chip);
        return error ? error : lk_diagnose(diagnosis, LK_ERROR_NO_MEMORY, "%s", lk_error_sentence(LK_ERROR_NO_MEMORY));
    }
    if (!self->read.data || !self->idle)
        error = LK_ERROR_NO_MEMORY;
    else if (RAND_bytes((unsigned char *)&self->tag, sizeof self->tag) != 1)
        error = LK_ERROR_CRYPTO;
    if (error) {
        ft601_close(&self->transport);
        return lk_diagnose(diagnosis, error, "%s", lk_error_sentence(error));
    }
    *transport = &self->transport;
    return LK_OK;
}
