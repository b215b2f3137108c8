/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine whose records have the form of protected ones, but hide nothing: the tag is zeros and checks nothing. With
 * it a test can alter a message behind the keys, where otherwise only the record layer would answer. It protects
 * nothing else either.
 */
#ifndef LK_TESTS_CONNECTION_CLEAR_ENGINE_H
#define LK_TESTS_CONNECTION_CLEAR_ENGINE_H

#include "record/engine.h"

/** One that has every cipher. Free it with lk_engine_free(). */
lk_engine *clear_engine_new(void);

/** One that has the ciphers of that map. */
lk_engine *clear_engine_with(uint32_t ciphers);

#endif
