/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/link.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Fires at a time of the monotonic clock, or never (0). Setting it also makes it unreadable when it has fired. */
static void timer_set(lk_link *link, int64_t end)
{
    struct itimerspec when = {.it_value = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000}};
    timerfd_settime(link->timer, TFD_TIMER_ABSTIME, &when, NULL);
    link->timer_end = end;
}

void lk_link_lose(lk_link *link, lk_error reason)
{
    if (link->lost)
        return;
    link->lost = reason;
    /* Nobody needs to wake up for this device any more. */
    epoll_ctl(link->epoll, EPOLL_CTL_DEL, link->transport->methods->descriptor(link->transport), NULL);
    timer_set(link, 0);
}

static bool watch(lk_link *link, int descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    return epoll_ctl(link->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

static lk_error descriptors_open(lk_link *link)
{
    link->epoll = epoll_create1(EPOLL_CLOEXEC);
    link->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (link->epoll < 0 || link->timer < 0 || !watch(link, link->timer) ||
        !watch(link, link->transport->methods->descriptor(link->transport)))
        return LK_ERROR_INPUT_OUTPUT;
    return LK_OK;
}

static void link_release(lk_link *link)
{
    if (link->epoll >= 0)
        close(link->epoll);
    if (link->timer >= 0)
        close(link->timer);
    link->epoll = link->timer = -1;
    lk_output_release(&link->output);
    lk_input_release(&link->input);
}

lk_error lk_link_open(lk_link *link, lk_transport *transport, const lk_completion_receiver *receiver, int timeout)
{
    memset(link, 0, sizeof *link);
    link->transport = transport;
    link->receiver = *receiver;
    link->timeout = timeout;
    link->epoll = link->timer = -1;
    lk_error error = lk_output_init(&link->output, transport);
    if (!error)
        error = lk_input_init(&link->input, transport);
    if (!error)
        error = descriptors_open(link);
    if (!error)
        error = lk_input_start(&link->input);
    if (error) {
        transport->methods->close(transport);
        link_release(link);
    }
    return error;
}

void lk_link_close(lk_link *link)
{
    link->transport->methods->close(link->transport);
    link_release(link);
}

void lk_link_abandon(lk_link *link)
{
    link_release(link);
}

lk_writer *lk_link_command(lk_link *link, lk_output_kind kind, size_t size)
{
    lk_error error = LK_OK;
    if (link->lost)
        return NULL;
    lk_writer *writer = lk_output_room(&link->output, kind, size, &error);
    if (error)
        lk_link_lose(link, error);
    if (!writer)
        return NULL;
    if (link->owed++ == 0)
        link->alive = now_ms();
    if (link->timer_end == 0)
        timer_set(link, link->alive + link->timeout);
    return writer;
}

void lk_link_flush(lk_link *link)
{
    lk_error error = link->lost ? LK_OK : lk_output_flush(&link->output);
    if (error)
        lk_link_lose(link, error);
}

static lk_error link_expect(void *context, const lk_completion *completion)
{
    lk_link *link = context;
    if (link->owed == 0)
        return LK_ERROR_DEVICE_PROTOCOL;
    return link->receiver.expect(link->receiver.context, completion);
}

static lk_error link_deliver(void *context, const lk_completion *completion, const uint8_t *payload)
{
    lk_link *link = context;
    link->owed--;
    link->completions++;
    return link->receiver.deliver(link->receiver.context, completion, payload);
}

/* What came is taken in before the link is given up for what failed: it may finish operations. */
static void collect(lk_link *link, lk_error error)
{
    lk_completion_receiver receiver = {link_expect, link_deliver, link};
    uint64_t before = link->completions;
    bool moved = false;
    lk_error input = lk_input_collect(&link->input, &receiver);
    lk_error output = lk_output_collect(&link->output, &moved);
    if (moved || link->completions != before)
        link->alive = now_ms();
    error = input ? input : error ? error : output;
    if (error)
        lk_link_lose(link, error);
}

static void check_deadline(lk_link *link, int64_t now)
{
    int64_t end = link->alive + link->timeout;
    if (link->lost)
        return;
    if (link->owed > 0 && now >= end)
        lk_link_lose(link, LK_ERROR_DEVICE_HUNG);
    else if (link->timer_end != 0 && now >= link->timer_end)
        timer_set(link, link->owed > 0 ? end : 0);
}

void lk_link_progress(lk_link *link, int timeout)
{
    int64_t now = now_ms();
    int64_t until = now + (timeout > 0 ? timeout : 0);
    uint64_t before = link->completions;
    while (!link->lost) {
        int64_t wait = 0;
        if (link->owed > 0) {
            int64_t end = link->alive + link->timeout;
            wait = (until < end ? until : end) - now;
        }
        collect(link, link->transport->methods->progress(link->transport, wait > 0 ? (int)wait : 0));
        now = now_ms();
        check_deadline(link, now);
        if (link->completions != before || link->owed == 0 || now >= until)
            break;
    }
}

int lk_link_descriptor(const lk_link *link)
{
    return link->epoll;
}
