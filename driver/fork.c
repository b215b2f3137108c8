/* SPDX-License-Identifier: Apache-2.0 */
#include "fork.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_uint number;

static void forked(void)
{
    atomic_fetch_add_explicit(&number, 1, memory_order_relaxed);
}

static void watch(void)
{
    (void)pthread_atfork(NULL, NULL, forked);
}

unsigned lk_fork_number(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, watch);
    return atomic_load_explicit(&number, memory_order_relaxed);
}
