// SPDX-License-Identifier: Apache-2.0
// A board without a PHY, behind D+ and D-, all but its pins: they are tied to the chip in each board's own top. One clock, 48 MHz; see
// lk_full_speed for the pins.
`default_nettype none

module lk_board_full_speed #(
    parameter SLOTS = 256,
    parameter LANES = 1,
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1,
    parameter [31:0] BUILD = 32'd1,
    parameter CLOCK_HERTZ = 48000000,
    parameter [63:0] SERIAL = 64'h0000000000000001
) (
    input  wire clk,
    input  wire reset,
    input  wire dp_in,
    input  wire dm_in,
    output wire dp_out,
    output wire dm_out,
    output wire output_enable,
    output wire pull_up,
    input  wire vbus,
    output wire configured,
    output wire keyed,
    output wire working,
    output wire failed
);
    wire [1:0] xcvr_select, op_mode, line_state;
    wire       term_select, settled, session_valid, rx_active, rx_valid, rx_error, tx_valid, tx_ready;
    wire [7:0] rx_data, tx_data;
    lk_full_speed front (
        .clk(clk), .reset(reset), .dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out), .dm_out(dm_out), .output_enable(output_enable),
        .pull_up(pull_up), .vbus(vbus),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(op_mode), .settled(settled), .line_state(line_state),
        .session_valid(session_valid), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .tx_valid(tx_valid), .tx_data(tx_data), .tx_ready(tx_ready)
    );

    /* verilator lint_off PINCONNECTEMPTY */ // it is never at high speed
    lk_board_core #(
        .HIGH_SPEED(0), .SLOTS(SLOTS), .LANES(LANES), .CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC), .BUILD(BUILD),
        .CLOCK_HERTZ(CLOCK_HERTZ), .SERIAL(SERIAL)
    ) core (
        .clk(clk), .reset(reset),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(op_mode), .settled(settled), .line_state(line_state),
        .session_valid(session_valid), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .tx_valid(tx_valid), .tx_data(tx_data), .tx_ready(tx_ready),
        .high_speed(), .configured(configured), .keyed(keyed), .working(working), .failed(failed)
    );
    /* verilator lint_on PINCONNECTEMPTY */
endmodule

`default_nettype wire
