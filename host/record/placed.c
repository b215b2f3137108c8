/* SPDX-License-Identifier: Apache-2.0 */
/* Directions whose records are placed one by one: those of the preferred engine, and those that software makes beside
 * it under the same key. */
#include "record/failover.h"
#include "record/record.h"

#include <time.h>

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

static lk_placement_reason place(const lk_failover_direction *direction, const lk_operation *operation, size_t ahead)
{
    const lk_failover *engine = (const lk_failover *)direction->base.engine;
    const lk_direction_parameters *parameters = newest(direction);
    if (is_urgent(parameters, operation))
        return LK_PLACEMENT_URGENT;
    return lk_placer_place(engine->placer, parameters->cipher, operation->input_length,
                           lk_engine_backlog(engine->preferred) + ahead);
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

bool lk_failover_refuse(const lk_failover_direction *direction, lk_operation *operation)
{
    if (!is_reuse(direction, operation))
        return false;
    operation->engine = lk_engine_name(((const lk_failover *)direction->base.engine)->software);
    operation->slot = -1;
    operation->near_limit = false;
    operation->status = LK_ERROR_SEQUENCE_REUSED;
    operation->output_length = 0;
    operation->state = LK_OPERATION_DONE;
    return true;
}

void lk_failover_remember(lk_failover_direction *direction, const lk_operation *operation)
{
    if (newest(direction)->kind == LK_SEAL && operation->sequence >= direction->lowest &&
        operation->sequence < UINT64_MAX)
        direction->lowest = operation->sequence + 1;
}

/* False: software cannot be had, and the preferred engine must do it. */
static bool submit_beside(lk_failover_direction *direction, lk_operation *operation)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    size_t accepted = 0;
    if (!direction->beside && lk_engine_open(engine->software, newest(direction), &direction->beside) != LK_OK)
        return false;
    direction->last_beside = true;
    return lk_direction_submit(direction->beside, &operation, 1, &accepted) == LK_OK && accepted == 1;
}

/* Opened when the first record is given to it. */
static lk_error open_preferred(lk_failover_direction *direction)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    if (direction->actual)
        return LK_OK;
    if (direction->parameters.kind == LK_SEAL) /* it knows nothing of what was sealed before */
        direction->parameters.first_sequence = direction->lowest;
    lk_error error = lk_engine_open(engine->preferred, &direction->parameters, &direction->actual);
    if (error != LK_OK)
        lk_failover_leave(direction, error);
    return error;
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
    if (open_preferred(direction) != LK_OK)
        return LK_OK; /* the caller submits to software */
    lk_error error = lk_failover_submit_preferred(direction, operations, run, accepted);
    direction->last_beside = false;
    for (size_t i = 0; i < *accepted; i++) {
        lk_placer_count(engine->placer, LK_PLACEMENT_DEVICE_CHEAPER, operations[i]->input_length);
        lk_failover_remember(direction, operations[i]);
    }
    return error == LK_OK && *accepted < run && direction->preferred ? LK_ERROR_ENGINE_BUSY : error;
}

lk_error lk_failover_submit_placed(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                                   size_t *accepted)
{
    lk_failover *engine = (lk_failover *)direction->base.engine;
    lk_placer_tick(engine->placer, clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_THREAD_CPUTIME_ID));
    while (*accepted < count && direction->preferred) {
        lk_operation *operation = operations[*accepted];
        lk_placement_reason reason = place(direction, operation, 0);
        if (lk_failover_refuse(direction, operation)) {
            ++*accepted;
        } else if (reason != LK_PLACEMENT_DEVICE_CHEAPER && submit_beside(direction, operation)) {
            lk_placer_count(engine->placer, reason, operation->input_length);
            lk_failover_remember(direction, operation);
            ++*accepted;
        } else {
            size_t taken = 0;
            lk_error error = submit_run(direction, operations + *accepted, count - *accepted, &taken);
            *accepted += taken;
            if (error != LK_OK)
                return error;
        }
    }
    return LK_OK;
}
