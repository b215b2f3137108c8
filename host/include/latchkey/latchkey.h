/* SPDX-License-Identifier: Apache-2.0 */
/* The whole public interface of liblatchkey; devices are in latchkey/device.h. */
#ifndef LATCHKEY_LATCHKEY_H
#define LATCHKEY_LATCHKEY_H

#include <latchkey/config.h>
#include <latchkey/connection.h>
#include <latchkey/engine.h>
#include <latchkey/error.h>
#include <latchkey/event.h>
#include <latchkey/placement.h>
#include <latchkey/socket.h>
#include <latchkey/statistics.h>
#include <latchkey/watch.h>

#endif
