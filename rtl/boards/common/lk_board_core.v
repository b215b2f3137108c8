// SPDX-License-Identifier: Apache-2.0
// What every board with USB of its own has: the USB device and the record engine, behind UTMI-like signals. A board puts a front
// before it (lk_ulpi, or lk_full_speed) and lights behind it.
`default_nettype none

module lk_board_core #(
    parameter HIGH_SPEED = 1,        // 0: full speed alone; see lk_usb_device
    parameter SLOTS = 256,
    parameter LANES = 1,
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1,
    parameter [31:0] BUILD = 32'd1,
    parameter CLOCK_HERTZ = 60000000,
    parameter [63:0] SERIAL = 64'h0000000000000001
) (
    input  wire        clk,
    input  wire        reset,
    // transceiver; see lk_ulpi and lk_full_speed
    output wire [1:0]  xcvr_select,
    output wire        term_select,
    output wire [1:0]  op_mode,
    input  wire        settled,
    input  wire [1:0]  line_state,
    input  wire        session_valid,
    input  wire        rx_active,
    input  wire        rx_valid,
    input  wire        rx_error,
    input  wire [7:0]  rx_data,
    output wire        tx_valid,
    output wire [7:0]  tx_data,
    input  wire        tx_ready,
    // for lights
    output wire        high_speed,
    output wire        configured,  // by a host
    output wire        keyed,       // a slot holds a key
    output wire        working,     // a command is in work
    output wire        failed       // a cipher failed its selftest, or framing is lost
);
    wire [31:0] command_data, completion_data, fact_data;
    wire        command_valid, command_ready, completion_valid, completion_last, completion_ready;
    wire        stream_reset, selftest, stream_reset_busy;
    wire [7:0]  fact_address;
    lk_usb_device #(.HIGH_SPEED(HIGH_SPEED), .CLOCK_MEGAHERTZ(CLOCK_HERTZ / 1000000), .SERIAL(SERIAL)) device (
        .clk(clk), .reset(reset),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(op_mode), .settled(settled), .line_state(line_state),
        .session_valid(session_valid), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .tx_valid(tx_valid), .tx_data(tx_data), .tx_ready(tx_ready),
        .out_data(command_data), .out_valid(command_valid), .out_ready(command_ready),
        .in_data(completion_data), .in_valid(completion_valid), .in_last(completion_last), .in_ready(completion_ready),
        .stream_reset(stream_reset), .selftest(selftest), .stream_reset_busy(stream_reset_busy),
        .fact_address(fact_address), .fact_data(fact_data), .high_speed(high_speed), .configured(configured)
    );

    lk_record_engine #(
        .SLOTS(SLOTS), .LANES(LANES), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ), .CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC)
    ) engine (
        .clk(clk), .reset(reset),
        .command_data(command_data), .command_valid(command_valid), .command_ready(command_ready),
        .completion_data(completion_data), .completion_valid(completion_valid), .completion_last(completion_last),
        .completion_ready(completion_ready), .stream_reset(stream_reset), .selftest(selftest), .stream_reset_busy(stream_reset_busy),
        .fact_address(fact_address), .fact_data(fact_data), .working(working), .keyed(keyed), .failed(failed)
    );
endmodule

`default_nettype wire
