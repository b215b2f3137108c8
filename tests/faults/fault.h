/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can go wrong between the host and a board: each fault has a place where it strikes (the n-th submission, the
 * n-th end of a transfer, the n-th completion, ...), and a promise that must hold all the same.
 */
#ifndef LK_TESTS_FAULTS_FAULT_H
#define LK_TESTS_FAULTS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum fault_place {
    FAULT_CONTROL,    /* a control request */
    FAULT_SUBMIT,     /* a bulk OUT transfer is submitted */
    FAULT_OUT,        /* a bulk OUT transfer has ended */
    FAULT_IN,         /* a bulk IN transfer has ended */
    FAULT_COMMAND,    /* a command goes by */
    FAULT_COMPLETION, /* a completion comes by */
    FAULT_PROGRESS,   /* the driver looks what is new: any moment */
    FAULT_PLACES
} fault_place;

/** What must hold with a fault; each includes that nothing hangs, and that no memory is touched that may not be. */
typedef enum fault_promise {
    FAULT_SAME,    /* both streams are as without it */
    FAULT_REFUSED, /* the peer refuses what was made: a stream may end early, with an error, and holds no wrong byte */
    FAULT_SURVIVED /* nobody but the board can know: it is the content of a record, on the side that is in the clear */
} fault_promise;

/** One row a fault: FAULT(name, place, what happens). */
#define FAULT_TABLE(FAULT)                                                                                             \
    FAULT(CONTROL_STALL, CONTROL, "a control request is refused")                                                      \
    FAULT(CONTROL_LOST, CONTROL, "the board goes during a control request")                                            \
    FAULT(CONTROL_TIMED_OUT, CONTROL, "a control request gets no answer")                                              \
    FAULT(CONTROL_SHORT, CONTROL, "a control request brings less than was asked for")                                  \
    FAULT(CONTROL_OVERLONG, CONTROL, "a control request claims more than was asked for")                               \
    FAULT(CONTROL_FLIP, CONTROL, "a bit of a control request's answer is wrong")                                       \
    FAULT(SUBMIT_LOST, SUBMIT, "the board goes before a transfer")                                                     \
    FAULT(SUBMIT_REFUSED, SUBMIT, "the system takes no transfer")                                                      \
    FAULT(SUBMIT_RESET, SUBMIT, "the bus is reset before a transfer")                                                  \
    FAULT(OUT_LOST, OUT, "the board goes with commands on their way")                                                  \
    FAULT(OUT_STALL, OUT, "commands end with STALL")                                                                   \
    FAULT(OUT_TIMED_OUT, OUT, "a transfer of commands is cancelled")                                                   \
    FAULT(OUT_SHORT, OUT, "the board takes part of a transfer")                                                        \
    FAULT(OUT_OVERLONG, OUT, "more commands have gone than were given")                                                \
    FAULT(OUT_SLOW, OUT, "commands take long")                                                                         \
    FAULT(OUT_SILENCE, OUT, "nothing moves from a transfer of commands on")                                            \
    FAULT(OUT_RESET, OUT, "the bus is reset behind a transfer of commands")                                            \
    FAULT(IN_LOST, IN, "the board goes with completions on their way")                                                 \
    FAULT(IN_STALL, IN, "completions end with STALL")                                                                  \
    FAULT(IN_TIMED_OUT, IN, "a transfer for completions is cancelled")                                                 \
    FAULT(IN_OVERLONG, IN, "a transfer claims to hold more than it can")                                               \
    FAULT(IN_EMPTY, IN, "a transfer brings nothing")                                                                   \
    FAULT(IN_PIECES, IN, "completions come in small pieces from here on")                                              \
    FAULT(IN_SLOW, IN, "completions take long")                                                                        \
    FAULT(IN_SILENCE, IN, "nothing moves from a transfer of completions on")                                           \
    FAULT(IN_RESET, IN, "the bus is reset before a transfer of completions")                                           \
    FAULT(COMMAND_FLIP, COMMAND, "a bit of a command is wrong")                                                        \
    FAULT(COMMAND_DROPPED, COMMAND, "a command is missing")                                                            \
    FAULT(COMMAND_TWICE, COMMAND, "a command comes twice")                                                             \
    FAULT(WRONG_TAG, COMPLETION, "the tag is no command's")                                                            \
    FAULT(EARLIER_TAG, COMPLETION, "the tag is that of an earlier command")                                            \
    FAULT(WRONG_SLOT, COMPLETION, "the slot is another")                                                               \
    FAULT(STALE_GENERATION, COMPLETION, "the generation is another")                                                   \
    FAULT(WRONG_OPCODE, COMPLETION, "the opcode is another")                                                           \
    FAULT(WRONG_STATUS, COMPLETION, "what was done is said to have failed")                                            \
    FAULT(UNKNOWN_STATUS, COMPLETION, "the status has no meaning")                                                     \
    FAULT(HEADER_FLIP, COMPLETION, "a bit of the header is wrong")                                                     \
    FAULT(CONTENT_FLIP, COMPLETION, "a bit of the record is wrong")                                                    \
    FAULT(SHORT_COMPLETION, COMPLETION, "the header promises more than comes, and then nothing does")                  \
    FAULT(LONG_COMPLETION, COMPLETION, "there is more than the header says")                                           \
    FAULT(DUPLICATE, COMPLETION, "a completion comes twice")                                                           \
    FAULT(REPLAY, COMPLETION, "an old completion comes instead")                                                       \
    FAULT(DROPPED, COMPLETION, "a completion is missing")                                                              \
    FAULT(SWAPPED, COMPLETION, "two completions come in the wrong order")                                              \
    FAULT(NOISE, COMPLETION, "bytes that are no completion come instead")                                              \
    FAULT(UNPLUGGED, PROGRESS, "the cable is pulled")                                                                  \
    FAULT(HUNG, PROGRESS, "the board stands still")                                                                    \
    FAULT(RESET, PROGRESS, "the bus is reset")

typedef enum fault_kind {
#define FAULT_ENUM(name, place, what) FAULT_##name,
    FAULT_TABLE(FAULT_ENUM)
#undef FAULT_ENUM
        FAULT_KINDS
} fault_kind;

/** A fault in one run. */
typedef struct fault {
    fault_kind kind;
    uint32_t at;     /* the how-manieth event of its place, from 0 */
    uint32_t detail; /* which bit, which byte: whatever the kind has to choose */
    /* What the run has made of it. */
    bool struck;
    fault_promise promise;
} fault;

const char *fault_name(fault_kind kind);
const char *fault_sentence(fault_kind kind);
fault_place fault_place_of(fault_kind kind);

/** xorshift64*; the state must not be 0. */
uint32_t fault_random(uint64_t *state);

/** The beginning of a sequence that is a seed's own. */
uint64_t fault_random_start(uint64_t seed);

#endif
