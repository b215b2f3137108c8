/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/publish.h"

#include "tools/files.h"
#include "tools/placed.h"
#include "tools/report.h"

#include <latchkey/statistics.h>

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct lk_publisher {
    const char *path;
    const lk_setup *setup;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool ends, complained;
};

static json_t *describe_way(const lk_direction_statistics *way)
{
    return json_pack("{s:{s:I, s:I}, s:{s:I, s:I}}", "device", "records", (json_int_t)way->device_records, "bytes",
                     (json_int_t)way->device_bytes, "software", "records", (json_int_t)way->software_records, "bytes",
                     (json_int_t)way->software_bytes);
}

static json_t *describe_fallbacks(const lk_statistics *statistics)
{
    json_t *object = json_object();
    for (unsigned i = LK_FALLBACK_NONE + 1; i < LK_FALLBACK_COUNT; i++)
        (void)json_object_set_new(object, lk_fallback_name((lk_fallback)i),
                                  json_integer((json_int_t)statistics->fallbacks[i]));
    return object;
}

static json_t *describe(const lk_publisher *publisher)
{
    lk_statistics all;
    lk_config_statistics_get(publisher->setup->config, &all);
    return json_pack("{s:I, s:I, s:{s:I, s:I, s:I, s:I}, s:o, s:o, s:o, s:I, s:o, s:o}", "process",
                     (json_int_t)getpid(), "written", (json_int_t)time(NULL), "connections", "begun",
                     (json_int_t)all.connections, "open", (json_int_t)all.open, "handshakes",
                     (json_int_t)all.handshakes, "failures", (json_int_t)all.failures, "sent", describe_way(&all.sent),
                     "received", describe_way(&all.received), "fallbacks", describe_fallbacks(&all), "retries",
                     (json_int_t)all.retries, "placement", lk_placed_describe(publisher->setup->config), "device",
                     lk_attachment_describe_health(&publisher->setup->attachment));
}

static void write_once(lk_publisher *publisher)
{
    json_t *object = describe(publisher);
    char *text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
    lk_error error = text ? lk_file_replace(publisher->path, text, strlen(text)) : LK_ERROR_NO_MEMORY;
    if (error && !publisher->complained)
        lk_report("the status file %s cannot be written: %s", publisher->path,
                  text ? strerror(errno) : lk_error_sentence(error));
    publisher->complained = error != LK_OK;
    free(text);
    json_decref(object);
}

static void *run(void *argument)
{
    lk_publisher *publisher = argument;
    struct timespec next;
    (void)clock_gettime(CLOCK_MONOTONIC, &next);
    (void)pthread_mutex_lock(&publisher->lock);
    while (!publisher->ends) {
        write_once(publisher);
        next.tv_sec++;
        while (!publisher->ends && pthread_cond_timedwait(&publisher->wake, &publisher->lock, &next) == 0)
            ;
    }
    (void)pthread_mutex_unlock(&publisher->lock);
    write_once(publisher);
    return NULL;
}

lk_publisher *lk_publisher_start(const char *path, const lk_setup *setup)
{
    lk_publisher *publisher = calloc(1, sizeof *publisher);
    pthread_condattr_t attributes;
    if (!publisher) {
        (void)lk_report_error(path, LK_ERROR_NO_MEMORY, NULL);
        return NULL;
    }
    publisher->path = path;
    publisher->setup = setup;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&publisher->lock, NULL);
    (void)pthread_cond_init(&publisher->wake, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    if (pthread_create(&publisher->thread, NULL, run, publisher) == 0)
        return publisher;
    lk_report("the status file %s needs a thread, and the system gives none", path);
    free(publisher);
    return NULL;
}

void lk_publisher_stop(lk_publisher *publisher)
{
    if (!publisher)
        return;
    (void)pthread_mutex_lock(&publisher->lock);
    publisher->ends = true;
    (void)pthread_cond_signal(&publisher->wake);
    (void)pthread_mutex_unlock(&publisher->lock);
    (void)pthread_join(publisher->thread, NULL);
    (void)pthread_cond_destroy(&publisher->wake);
    (void)pthread_mutex_destroy(&publisher->lock);
    free(publisher);
}
