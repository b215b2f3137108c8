// SPDX-License-Identifier: Apache-2.0
// A board behind a ULPI PHY, all but its pins: they are tied to the chip in each board's own top.
`default_nettype none

module lk_board_ulpi #(
    parameter SLOTS = 256,
    parameter LANES = 1,
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1,
    parameter [31:0] BUILD = 32'd1,
    parameter CLOCK_HERTZ = 60000000,
    parameter [63:0] SERIAL = 64'h0000000000000001,
    parameter [5:0] VENDOR_REGISTER = 6'h00,  // of the PHY; see lk_ulpi
    parameter [7:0] VENDOR_VALUE = 8'h00
) (
    input  wire       clk,            // the PHY's 60 MHz
    input  wire       reset,
    input  wire [7:0] ulpi_data_in,
    output wire [7:0] ulpi_data_out,
    output wire       ulpi_data_oe,
    input  wire       ulpi_dir,
    input  wire       ulpi_nxt,
    output wire       ulpi_stp,
    output wire       ulpi_reset,
    output wire       high_speed,
    output wire       configured,
    output wire       keyed,
    output wire       working,
    output wire       failed
);
    wire [1:0] xcvr_select, op_mode, line_state;
    wire       term_select, settled, session_valid, rx_active, rx_valid, rx_error, tx_valid, tx_ready;
    wire [7:0] rx_data, tx_data, sent_data;
    wire       sent_valid, sent_ready;
    // The PHY's nxt and dir decide late in a cycle which byte is next: they end here, and do not reach the packet and the endpoint.
    lk_stream_register #(.WIDTH(8)) to_link (
        .clk(clk), .reset(reset), .in_data(tx_data), .in_valid(tx_valid), .in_ready(tx_ready),
        .out_data(sent_data), .out_valid(sent_valid), .out_ready(sent_ready)
    );
    lk_ulpi #(.VENDOR_REGISTER(VENDOR_REGISTER), .VENDOR_VALUE(VENDOR_VALUE)) ulpi (
        .clk(clk), .reset(reset), .ulpi_data_in(ulpi_data_in), .ulpi_data_out(ulpi_data_out), .ulpi_data_oe(ulpi_data_oe),
        .ulpi_dir(ulpi_dir), .ulpi_nxt(ulpi_nxt), .ulpi_stp(ulpi_stp), .ulpi_reset(ulpi_reset),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(op_mode), .settled(settled), .line_state(line_state),
        .session_valid(session_valid), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .tx_valid(sent_valid), .tx_data(sent_data), .tx_ready(sent_ready)
    );

    lk_board_core #(
        .SLOTS(SLOTS), .LANES(LANES), .CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ),
        .SERIAL(SERIAL)
    ) core (
        .clk(clk), .reset(reset),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(op_mode), .settled(settled), .line_state(line_state),
        .session_valid(session_valid), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .tx_valid(tx_valid), .tx_data(tx_data), .tx_ready(tx_ready),
        .high_speed(high_speed), .configured(configured), .keyed(keyed), .working(working), .failed(failed)
    );
endmodule

`default_nettype wire
