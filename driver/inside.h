/* SPDX-License-Identifier: Apache-2.0 */
/* A device from inside, for the pool. */
#ifndef LK_DRIVER_INSIDE_H
#define LK_DRIVER_INSIDE_H

#include <latchkey/device.h>

#include <stdbool.h>

/** Whether it answers, as far as is known. */
bool lk_device_usable(const lk_device *device);

/** Session slots that are taken, and how many may be. */
size_t lk_device_slots_taken(const lk_device *device);
size_t lk_device_slots_most(const lk_device *device);

/** Has each direction leave that can do without the device and has nothing in flight. */
void lk_device_vacate(lk_device *device);

/** Closes it, when no direction is in it, until lk_device_recover(). @return ENGINE_BUSY. */
lk_error lk_device_suspend(lk_device *device);

#endif
