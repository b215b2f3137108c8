/* SPDX-License-Identifier: Apache-2.0 */
/* Directions whose records are placed one by one: those of the preferred engine, and those that software makes beside
 * it under the same key. */
#include "record/failover.h"
#include "record/record.h"

#include <stddef.h>
#include <time.h>

/* ns before a direction asks for a slot again. */
#define PAUSE_FULL INT64_C(10000000)
#define PAUSE_LOST INT64_C(1000000000)

void lk_failover_close_beside(lk_failover_direction *direction)
{
    lk_direction_close(direction->beside); /* nothing is in flight there */
    direction->beside = NULL;
}

/* The parameters of what is submitted now. */
static const lk_direction_parameters *newest(const lk_failover_direction *direction)
{
    return direction->old > 0 ? &direction->replacement : &direction->parameters;
}

bool lk_failover_chained(const lk_direction_parameters *parameters)
{
    const lk_cipher *cipher = parameters->cipher;
    return cipher->kind == LK_KIND_STREAM || (cipher->kind == LK_KIND_CBC && parameters->version < LK_TLS1_1);
}

/* What a record of TLS 1.3 is cannot be seen before it is open. */
static bool is_urgent(const lk_direction_parameters *parameters, const lk_operation *operation)
{
    uint8_t type = operation->content_type;
    if (parameters->kind == LK_OPEN)
        type = operation->input && operation->input_length > 0 ? operation->input[0] : 0;
    return type == LK_CONTENT_ALERT || type == LK_CONTENT_HANDSHAKE || type == LK_CONTENT_CHANGE_CIPHER_SPEC;
}

static void count_placed(const lk_failover *engine, lk_placement_reason reason, const lk_operation *operation)
{
    if (engine->placer)
        lk_placer_count(engine->placer, reason, operation->input_length);
}

static lk_placement_reason place(const lk_failover_direction *direction, const lk_operation *operation, size_t ahead)
{
    const lk_failover *engine = (const lk_failover *)direction->base.engine;
    const lk_direction_parameters *parameters = newest(direction);
    if (!engine->placer)
        return LK_PLACEMENT_DEVICE_CHEAPER;
    if (is_urgent(parameters, operation))
        return LK_PLACEMENT_URGENT;
    size_t backlog = engine->preferred ? lk_engine_backlog(engine->preferred) : 0;
    return lk_placer_place(engine->placer, parameters->cipher, operation->input_length, backlog + ahead);
}

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool is_reuse(const lk_failover_direction *direction, const lk_operation *operation)
{
    return newest(direction)->kind == LK_SEAL && operation->sequence < direction->lowest;
}

static void finish(lk_operation *operation, lk_error status)
{
    operation->engine = "software";
    operation->slot = -1;
    operation->near_limit = false;
    operation->status = status;
    operation->output_length = 0;
    operation->state = LK_OPERATION_DONE;
}

bool lk_failover_refuse(const lk_failover_direction *direction, lk_operation *operation)
{
    if (!is_reuse(direction, operation))
        return false;
    finish(operation, LK_ERROR_SEQUENCE_REUSED);
    return true;
}

void lk_failover_remember(lk_failover_direction *direction, const lk_operation *operation)
{
    if (newest(direction)->kind == LK_SEAL && operation->sequence >= direction->lowest &&
        operation->sequence < UINT64_MAX)
        direction->lowest = operation->sequence + 1;
}

/* False: software cannot be had. */
static bool submit_beside(lk_failover_direction *direction, lk_operation *operation)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    size_t accepted = 0;
    if (!direction->beside && lk_engine_open(engine->software, newest(direction), &direction->beside) != LK_OK)
        return false;
    direction->last_beside = true;
    return lk_direction_submit(direction->beside, &operation, 1, &accepted) == LK_OK && accepted == 1;
}

static bool give_slot_up(lk_seat *seat)
{
    lk_failover_direction *direction =
        (lk_failover_direction *)(void *)((uint8_t *)seat - offsetof(lk_failover_direction, seat));
    if (direction->count > 0)
        return false;
    lk_direction_close(direction->actual);
    direction->actual = NULL;
    direction->waits = true;
    lk_roster_leave(seat);
    lk_failover_count((lk_failover *)direction->base.engine, LK_ERROR_ENGINE_FULL);
    return true;
}

/* Both directions of a connection are with one engine: it changes only while neither has a slot. */
static void choose_preferred(lk_failover *engine)
{
    for (const lk_failover_direction *direction = engine->directions; direction; direction = direction->next)
        if (direction->preferred && direction->actual)
            return;
    engine->preferred = lk_engine_choose(engine->origin, engine->preferred);
}

/* What is told once of a direction, until it has a slot or another key. */
static void wait_for_slot(lk_failover_direction *direction, lk_error reason, int64_t now)
{
    if (!direction->waits)
        lk_failover_count((lk_failover *)direction->base.engine, reason);
    direction->waits = true;
    direction->try_next = now + (reason == LK_ERROR_ENGINE_FULL ? PAUSE_FULL : PAUSE_LOST);
}

bool lk_failover_take_slot(lk_failover_direction *direction)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    if (direction->actual || now < direction->try_next)
        return direction->actual != NULL;
    if (direction->parameters.kind == LK_SEAL) /* the engine knows nothing of what was sealed before */
        direction->parameters.first_sequence = direction->lowest;
    choose_preferred(engine);
    lk_error error = engine->preferred ? lk_engine_open(engine->preferred, &direction->parameters, &direction->actual)
                                       : LK_ERROR_DEVICE_NOT_FOUND;
    if (error != LK_OK)
        wait_for_slot(direction, error, now);
    if (error == LK_ERROR_ENGINE_FULL)
        lk_roster_make_room(&engine->preferred->roster, now);
    if (error != LK_OK)
        return false;
    direction->waits = direction->last_beside = false;
    direction->seat.leave = give_slot_up;
    lk_roster_enter(&engine->preferred->roster, &direction->seat, now);
    return true;
}

void lk_failover_step_aside(lk_failover_direction *direction, lk_error reason)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    lk_direction_close(direction->actual); /* first: from here on it touches no memory of ours or the caller's */
    direction->actual = NULL;
    lk_roster_leave(&direction->seat);
    lk_failover_close_beside(direction); /* it is behind what is in flight, or has another key */
    wait_for_slot(direction, reason, clock_ns(CLOCK_MONOTONIC));
    engine->retries += direction->count;
    for (; direction->count > 0; lk_failover_drop_first(direction)) {
        lk_operation *operation = direction->originals[direction->first];
        size_t accepted = 0;
        lk_error error = LK_OK;
        if (!direction->beside)
            error = lk_engine_open(engine->software, &direction->parameters, &direction->beside);
        if (error == LK_OK)
            (void)lk_direction_submit(direction->beside, &operation, 1, &accepted);
        if (accepted == 0)
            finish(operation, error != LK_OK ? error : reason);
    }
}

/* The first operation goes to the preferred engine, and as many behind it as do. */
static lk_error submit_run(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                           size_t *accepted)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    size_t run = 1, ahead = operations[0]->input_length;
    for (; run < count && !is_reuse(direction, operations[run]); run++) {
        if (place(direction, operations[run], ahead) != LK_PLACEMENT_DEVICE_CHEAPER)
            break;
        ahead += operations[run]->input_length;
    }
    lk_error error = lk_failover_submit_preferred(direction, operations, run, accepted);
    direction->last_beside = false;
    for (size_t i = 0; i < *accepted; i++) {
        count_placed(engine, LK_PLACEMENT_DEVICE_CHEAPER, operations[i]);
        lk_failover_remember(direction, operations[i]);
    }
    return error == LK_OK && *accepted < run && direction->actual ? LK_ERROR_ENGINE_BUSY : error;
}

/* One record, or several in a row for the preferred engine. */
static lk_error submit_next(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                            size_t *accepted)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    lk_placement_reason reason = place(direction, operations[0], 0);
    *accepted = 0;
    if (reason == LK_PLACEMENT_DEVICE_CHEAPER && !lk_failover_take_slot(direction))
        reason = LK_PLACEMENT_NO_SLOT;
    if (reason == LK_PLACEMENT_DEVICE_CHEAPER)
        return submit_run(direction, operations, count, accepted);
    if (!submit_beside(direction, operations[0]))
        finish(operations[0], LK_ERROR_NO_MEMORY);
    count_placed(engine, reason, operations[0]);
    lk_failover_remember(direction, operations[0]);
    *accepted = 1;
    return LK_OK;
}

lk_error lk_failover_submit_placed(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                                   size_t *accepted)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    lk_roster_use(&direction->seat, now);
    if (engine->placer)
        lk_placer_tick(engine->placer, now, clock_ns(CLOCK_THREAD_CPUTIME_ID));
    while (*accepted < count && direction->preferred) {
        size_t taken = 1;
        lk_error error = LK_OK;
        if (!lk_failover_refuse(direction, operations[*accepted]))
            error = submit_next(direction, operations + *accepted, count - *accepted, &taken);
        *accepted += taken;
        if (error != LK_OK)
            return error;
    }
    return LK_OK;
}
