// SPDX-License-Identifier: Apache-2.0
// Lattice ECP5's PLL, as far as simulation and lint need one: synthesis has the chip's own. A simulation without time has no
// frequencies: its outputs are the input, which so stands for the clock that the PLL makes.
`default_nettype none

/* verilator lint_off UNUSED */ // dividers and phases say nothing without time
module EHXPLLL #(
    parameter integer CLKI_DIV = 1,
    parameter integer CLKFB_DIV = 1,
    parameter integer CLKOP_DIV = 8,
    parameter integer CLKOS_DIV = 8,
    parameter CLKOS_ENABLE = "DISABLED",
    parameter FEEDBK_PATH = "CLKOP"
) (
    input  wire CLKI,
    input  wire CLKFB,
    input  wire RST,
    input  wire STDBY,
    input  wire PHASESEL0,
    input  wire PHASESEL1,
    input  wire PHASEDIR,
    input  wire PHASESTEP,
    input  wire PHASELOADREG,
    input  wire PLLWAKESYNC,
    input  wire ENCLKOP,
    input  wire ENCLKOS,
    output wire CLKOP,
    output wire CLKOS
);
    assign CLKOP = CLKI;
    assign CLKOS = CLKI;
endmodule
/* verilator lint_on UNUSED */

`default_nettype wire
