/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices: boards and simulated boards, named by a URI. In a library of its own (liblatchkey-device), so that an
 * application that wants software alone depends on no USB library.
 *
 *   usb:                  the first board on this machine's USB
 *   usb:serial=S          the board with that serial number
 *   usbip:HOST:PORT/BUSID a board behind a USB/IP server, spoken to directly; /BUSID may be left out when there is one
 * board
 *
 * A device, and every connection that uses it, belongs to one thread at a time, and to the process that opened it: in a
 * child of fork() the device answers DEVICE_INHERITED, new connections there go without it (or open it again, once the
 * parent has closed it), and lk_connection_free() and lk_device_close() free the child's memory, keys wiped, and touch
 * nothing that the parent uses. A connection that both processes have goes on in one of them alone: numbers are used
 * once.
 */
#ifndef LATCHKEY_DEVICE_H
#define LATCHKEY_DEVICE_H

#include <latchkey/engine.h>
#include <latchkey/error.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_device lk_device;

enum { LK_DEVICE_TEXT_MAX = 128, LK_DEVICE_DIAGNOSIS_MAX = 256 };

/** What a device says of itself. */
typedef struct lk_device_information {
    char uri[LK_DEVICE_TEXT_MAX];     /* opens this very device again */
    char product[LK_DEVICE_TEXT_MAX]; /* USB string */
    char serial[LK_DEVICE_TEXT_MAX];  /* USB string */
    uint32_t protocol_version;        /* major << 16 | minor */
    uint32_t build;                   /* the bitstream's build id */
    uint32_t clock_hertz;             /* of the engine */
    uint32_t slots;                   /* directions that it can hold keys of */
    uint32_t lanes;                   /* records that it works on at a time */
    uint32_t record_max;              /* longest payload of a command, in bytes */
    uint32_t ciphers;                 /* bit map, see docs/suites.md */
    uint32_t versions;                /* bit map, see docs/suites.md */
    uint32_t health;                  /* 0: well; otherwise bits of docs/protocol.md */
} lk_device_information;

/** Counters since the device was configured. */
typedef struct lk_device_statistics {
    uint64_t cycles;                  /* of the engine's clock */
    uint64_t busy_cycles;             /* of them, with a command in work */
    uint64_t commands;                /* that came */
    uint64_t completions;             /* that it answered them with */
    uint64_t rejected;                /* commands that it found wrong */
    uint64_t authentication_failures; /* records whose tag, MAC or padding was */
    uint64_t sealed_records;          /* made */
    uint64_t sealed_bytes;            /* plaintext in them */
    uint64_t opened_records;          /* found good */
    uint64_t opened_bytes;            /* plaintext in them */
    uint64_t live_slots;              /* in use now */
} lk_device_statistics;

/**
 * Opens a device, checks that it speaks our protocol, and empties its slots. May block for as long as enumeration
 * takes, bounded by a time-out of 5 s. diagnosis: at least LK_DEVICE_DIAGNOSIS_MAX bytes that receive a sentence on
 * failure; may be NULL.
 * @return DEVICE_URI, DEVICE_NOT_FOUND, DEVICE_BUSY, DEVICE_PERMISSION, DEVICE_INCOMPATIBLE, DEVICE_UNAVAILABLE, ...
 */
lk_error lk_device_open(const char *uri, lk_device **device, char *diagnosis);

/** Erases the device's slots and closes it. No connection may use it any more. NULL is allowed. */
void lk_device_close(lk_device *device);

/**
 * How many milliseconds a device that owes answers may be silent before it counts as hung: 30,000 unless this says less
 * or more. A board needs milliseconds; one in simulation that also writes its waveform needs seconds.
 */
void lk_device_set_timeout(lk_device *device, int timeout);

/**
 * How many of its session slots may be taken at once: a direction of a connection takes one. What has a slot keeps it.
 * More than there are means all of them, as at first.
 */
void lk_device_set_slot_limit(lk_device *device, size_t slots);

/** The engine on this device, for lk_config_set_engine(). Borrowed; lives as long as the device. */
lk_engine *lk_device_engine(lk_device *device);

/** What it said when it was opened. */
const lk_device_information *lk_device_information_get(const lk_device *device);

/** Asks for the counters; blocks for one control transfer. @return DEVICE_LOST, TIMED_OUT. */
lk_error lk_device_statistics_get(lk_device *device, lk_device_statistics *statistics);

enum { LK_LATENCY_BUCKETS = 32 };

/** How long operations took, from submission to completion. */
typedef struct lk_latency {
    uint64_t count;                       /* of operations */
    uint64_t microseconds;                /* of all together */
    uint64_t longest;                     /* in microseconds */
    uint64_t buckets[LK_LATENCY_BUCKETS]; /* bucket i: less than 2^i microseconds, and not in the one before; the last
                                             one has the rest */
} lk_latency;

/** How a device is, as the host sees it. */
typedef struct lk_device_health {
    lk_error lost;       /* OK while it answers; otherwise why it is not used any more */
    uint64_t in_flight;  /* operations on their way */
    uint64_t heartbeats; /* answered */
    uint64_t losses;     /* how often it was lost */
    uint64_t resets;     /* of them, those after which it could still be told to erase its keys */
    uint64_t recoveries; /* how often it came back */
    lk_latency seal;     /* of records made */
    lk_latency open;     /* of records opened */
} lk_device_health;

/** What the host knows of the device, without asking it. May be called from any thread while the device is open. */
void lk_device_health_get(const lk_device *device, lk_device_health *health);

/** The microseconds below which so many thousandths of the operations stayed: a power of two; 0 without any. */
uint64_t lk_device_latency_bound(const lk_latency *latency, unsigned per_mille);

/**
 * Asks a device that has nothing to do for a sign of life. To be called now and then, with progress in between; one
 * that does not answer in time (lk_device_set_timeout()) is lost, is told to erase its keys, and connections go on
 * without it.
 * @return why it is lost, or OK.
 */
lk_error lk_device_heartbeat(lk_device *device);

/**
 * Opens a device again that was lost, once no connection holds a direction in it any more. Connections that begin later
 * use it, and its engine stays the same; the engine's descriptor does not. To be called before a connection begins:
 * costs nothing while all is well, and tries no more often than after half a second, one second, and so on up to half a
 * minute; from the beginning again when it was well for longer than that. May block as lk_device_open().
 * @return OK when it is there; ENGINE_BUSY when a connection has still to leave it; why it is not there.
 */
lk_error lk_device_recover(lk_device *device);

/** What the device's selftest found: bit maps of ciphers, see docs/suites.md. */
typedef struct lk_device_selftest {
    uint32_t ran;     /* those that were tested */
    uint32_t failed;  /* of them: the device does without these until a selftest passes */
    uint32_t ciphers; /* that it can be used with now */
} lk_device_selftest;

/**
 * Has the device test its ciphers with known answers. It must not be in use: no connection may have a direction in it.
 * Blocks for one control transfer; the device erases its slots.
 * @return ENGINE_BUSY, ENGINE_UNSUPPORTED (an older bitstream), DEVICE_LOST, TIMED_OUT.
 */
lk_error lk_device_selftest_run(lk_device *device, lk_device_selftest *result);

/**
 * Calls found for each device that the URI may mean ("usb:" for all boards on USB, "usbip:HOST:PORT" for all of a
 * server); each is opened for the time of the call. error is OK, or why that device could not be asked; information
 * then holds what is known.
 */
typedef void lk_device_found(void *context, const lk_device_information *information, lk_error error);
lk_error lk_device_list(const char *uri, lk_device_found *found, void *context, char *diagnosis);

#ifdef __cplusplus
}
#endif

#endif
