/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A board behind an FT601 as a transport like any other. The chip has endpoints of its own: 0x02 and 0x82 carry
 * frames to and from the board (ft601_frames.h), in which vendor requests travel too, and 0x01 takes commands to the
 * chip itself. FTDI has not published those; they are known from programs that use them (docs/boards.md).
 */
#ifndef LK_TRANSPORT_FT601_H
#define LK_TRANSPORT_FT601_H

#include "transport/transport.h"

/**
 * Takes over the way to the chip, also when it fails: it is configured, and both of its interfaces are ours. Nothing
 * is sent to the board yet.
 * @param timeout ms to ask the chip for its mode. diagnosis: never NULL.
 * @return DEVICE_UNAVAILABLE (the chip is in a mode that no board of ours has), NO_MEMORY, ...
 */
lk_error lk_ft601_transport_new(lk_transport *chip, int timeout, lk_transport **transport, char *diagnosis);

#endif
