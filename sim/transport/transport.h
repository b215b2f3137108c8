/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated board inside this process as a transport: sim: and sim:direct enter at the endpoints' ports, sim:ulpi
 * at the pins of the PHY, sim:full-speed at D+ and D-, sim:ft601 at the pins of that chip. For tests: no socket between
 * the driver and the RTL, and time that passes only while the driver waits.
 */
#ifndef LK_SIM_TRANSPORT_TRANSPORT_H
#define LK_SIM_TRANSPORT_TRANSPORT_H

#include "transport/registry.h"

/** The row for lk_transport_register(). */
extern const lk_transport_scheme lk_transport_sim;

#endif
