/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transport whose board is the fuzzer's input: control requests, bulk transfers and their ends are answered with what
 * the input says. To get behind the checks, an answer may be a good one with some bytes changed.
 */
#ifndef LK_TESTS_FUZZ_FAR_END_H
#define LK_TESTS_FUZZ_FAR_END_H

#include "base/reader.h"
#include "transport/registry.h"

/** The scheme fuzz:, to be registered. */
extern const lk_transport_scheme far_end_scheme;

/** The input of the device that is opened next; it is borrowed, and read as far as the device answers. */
void far_end_prepare(lk_reader *input);

/** Answers the command that waits longest as a board would, but for what the input changes. */
void far_end_answer(void);

/** Sends bytes of the input as they are. */
void far_end_send(void);

/** Ends the IN or the OUT transfer that waits longest, as the input says. */
void far_end_finish(bool in);

/** From now on the board is gone. */
void far_end_leave(void);

#endif
