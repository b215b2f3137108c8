/* SPDX-License-Identifier: Apache-2.0 */
#include "slow_engine.h"

#include "support.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { QUEUE = 64 };

const char slow_engine_name[] = "slow";

typedef struct slow_direction {
    lk_direction base;
    lk_direction *actual;
    lk_direction_kind kind;
    lk_operation *queue[QUEUE];
    size_t count;
    size_t old; /* of the count, how many were there when the key was replaced */
    lk_direction_parameters replacement;
    struct slow_direction *next, **link;
} slow_direction;

typedef struct slow_engine {
    lk_engine base;
    lk_engine *software;
    slow_direction *directions;
    slow_settings settings;
    bool dead;
} slow_engine;

static lk_error slow_open(lk_engine *base, const lk_direction_parameters *parameters, lk_direction **opened)
{
    slow_engine *engine = (slow_engine *)base;
    if (engine->dead && engine->settings.revived && !engine->directions)
        engine->dead = false;
    if (engine->dead)
        return engine->settings.dies_with;
    if (engine->settings.refuses_with != LK_OK)
        return engine->settings.refuses_with;
    if (engine->settings.slots > 0 && engine->settings.directions >= engine->settings.slots)
        return LK_ERROR_ENGINE_FULL;
    slow_direction *direction = calloc(1, sizeof *direction);
    direction->base.engine = base;
    direction->kind = parameters->kind;
    direction->actual = support_open(engine->software, parameters);
    direction->next = engine->directions;
    direction->link = &engine->directions;
    if (direction->next)
        direction->next->link = &direction->next;
    engine->directions = direction;
    engine->settings.directions++;
    *opened = &direction->base;
    return LK_OK;
}

static void slow_close(lk_direction *base)
{
    slow_direction *direction = (slow_direction *)base;
    ((slow_engine *)base->engine)->settings.directions--;
    lk_direction_close(direction->actual);
    *direction->link = direction->next;
    if (direction->next)
        direction->next->link = direction->link;
    free(direction);
}

static size_t waiting(const slow_engine *engine)
{
    size_t count = 0;
    for (const slow_direction *direction = engine->directions; direction; direction = direction->next)
        count += direction->count;
    return count;
}

static void finish(lk_operation *operation)
{
    operation->engine = slow_engine_name;
    operation->slot = SLOW_ENGINE_SLOT;
    operation->state = LK_OPERATION_DONE;
}

/* Everything that waits is over, as a device driver reports it when the device is pulled out. */
static void die(slow_engine *engine)
{
    engine->dead = true;
    for (slow_direction *direction = engine->directions; direction; direction = direction->next) {
        for (size_t i = 0; i < direction->count; i++) {
            direction->queue[i]->status = engine->settings.dies_with;
            direction->queue[i]->output_length = 0;
            finish(direction->queue[i]);
        }
        direction->count = direction->old = 0;
    }
}

static lk_error slow_submit(lk_direction *base, lk_operation *const *operations, size_t count, size_t *accepted)
{
    slow_direction *direction = (slow_direction *)base;
    slow_engine *engine = (slow_engine *)base->engine;
    if (engine->settings.finished >= engine->settings.dies_after && engine->settings.dies_on_submit)
        die(engine);
    if (engine->dead)
        return engine->settings.dies_with;
    for (; *accepted < count; (*accepted)++) {
        if (waiting(engine) >= engine->settings.capacity)
            return LK_ERROR_ENGINE_BUSY;
        lk_operation *operation = operations[*accepted];
        operation->state = LK_OPERATION_SUBMITTED;
        if (direction->kind == LK_SEAL) /* nobody may look at an output before it is done */
            memset(operation->output, 0xDD, operation->output_capacity);
        direction->queue[direction->count++] = operation;
        if (waiting(engine) > engine->settings.most_waiting)
            engine->settings.most_waiting = waiting(engine);
    }
    return LK_OK;
}

static void finish_first(slow_engine *engine, slow_direction *direction)
{
    const slow_settings *settings = &engine->settings;
    lk_operation *operation = direction->queue[0];
    direction->count--;
    memmove(direction->queue, direction->queue + 1, direction->count * sizeof direction->queue[0]);
    if (settings->lies_with != LK_OK && settings->finished == settings->lies_at) {
        operation->status = settings->lies_with;
        operation->output_length = 0;
    } else {
        (void)support_run(direction->actual, operation);
    }
    finish(operation);
    if (direction->old > 0 && --direction->old == 0)
        cr_assert_eq(lk_direction_replace(direction->actual, &direction->replacement), LK_OK);
}

static lk_error slow_replace(lk_direction *base, const lk_direction_parameters *parameters)
{
    slow_direction *direction = (slow_direction *)base;
    slow_engine *engine = (slow_engine *)base->engine;
    if (!engine->settings.replaces)
        return LK_ERROR_ENGINE_UNSUPPORTED;
    if (engine->dead)
        return engine->settings.dies_with;
    if (direction->old > 0)
        return LK_ERROR_ENGINE_BUSY;
    if (direction->kind == LK_OPEN)
        direction->count = 0;
    engine->settings.replaced++;
    direction->old = direction->count;
    direction->replacement = *parameters;
    return direction->count > 0 ? LK_OK : lk_direction_replace(direction->actual, parameters);
}

static lk_error slow_progress(lk_engine *base, int timeout)
{
    (void)timeout;
    slow_engine *engine = (slow_engine *)base;
    size_t left = engine->settings.per_progress;
    /* The direction opened last comes first: between directions there is no order to rely on. */
    for (slow_direction *direction = engine->directions; direction; direction = direction->next)
        for (; left > 0 && direction->count > 0; left--) {
            if (engine->settings.finished >= engine->settings.dies_after) {
                die(engine);
                return engine->settings.quiet ? LK_OK : engine->settings.dies_with;
            }
            finish_first(engine, direction);
            engine->settings.finished++;
        }
    return engine->dead && !engine->settings.quiet ? engine->settings.dies_with : LK_OK;
}

static int slow_descriptor(const lk_engine *engine)
{
    (void)engine;
    return -1;
}

static void slow_capabilities(const lk_engine *base, lk_engine_capabilities *capabilities)
{
    lk_engine_capabilities_get(((const slow_engine *)base)->software, capabilities);
    capabilities->immediate = false;
}

static size_t slow_backlog(const lk_engine *engine)
{
    size_t bytes = 0;
    const slow_direction *direction = ((const slow_engine *)engine)->directions;
    for (; direction; direction = direction->next)
        for (size_t i = 0; i < direction->count; i++)
            bytes += direction->queue[i]->input_length;
    return bytes;
}

static void slow_free(lk_engine *base)
{
    slow_engine *engine = (slow_engine *)base;
    cr_assert_null(engine->directions, "a direction was not closed");
    lk_engine_free(engine->software);
    free(engine);
}

static const lk_engine_methods slow_methods = {
    .name = slow_engine_name,
    .open = slow_open,
    .submit = slow_submit,
    .replace = slow_replace,
    .close = slow_close,
    .progress = slow_progress,
    .descriptor = slow_descriptor,
    .capabilities = slow_capabilities,
    .backlog = slow_backlog,
    .free = slow_free,
};

lk_engine *slow_engine_new(slow_settings **settings)
{
    slow_engine *engine = calloc(1, sizeof *engine);
    engine->base.methods = &slow_methods;
    engine->software = support_software();
    engine->settings =
        (slow_settings){.per_progress = 1, .capacity = 32, .dies_after = SIZE_MAX, .dies_with = LK_ERROR_DEVICE_LOST};
    *settings = &engine->settings;
    return &engine->base;
}

lk_engine *slow_engine_software(const lk_engine *slow)
{
    return ((const slow_engine *)slow)->software;
}
