// SPDX-License-Identifier: Apache-2.0
// The virtual board: record engine and USB device behind the pins of a ULPI PHY.
`default_nettype none

module lk_board_virtual #(
    parameter SLOTS = 256,
    parameter [31:0] BUILD = 32'd1,
    parameter CLOCK_HERTZ = 60000000
) (
    input  wire       ulpi_clk,
    input  wire       reset,
    input  wire [7:0] ulpi_data_in,
    output wire [7:0] ulpi_data_out,
    output wire       ulpi_data_oe,
    input  wire       ulpi_dir,
    input  wire       ulpi_nxt,
    output wire       ulpi_stp,
    output wire       ulpi_reset
);
    /* verilator lint_off PINCONNECTEMPTY */ // it has no lights
    lk_board_ulpi #(.SLOTS(SLOTS), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ)) board (
        .clk(ulpi_clk), .reset(reset), .ulpi_data_in(ulpi_data_in), .ulpi_data_out(ulpi_data_out), .ulpi_data_oe(ulpi_data_oe),
        .ulpi_dir(ulpi_dir), .ulpi_nxt(ulpi_nxt), .ulpi_stp(ulpi_stp), .ulpi_reset(ulpi_reset),
        .high_speed(), .configured(), .keyed(), .working(), .failed()
    );
    /* verilator lint_on PINCONNECTEMPTY */
endmodule

`default_nettype wire
