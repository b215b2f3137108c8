# SPDX-License-Identifier: Apache-2.0
"""Area and clock of the hardware on an FPGA: see README.md."""
