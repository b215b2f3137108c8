// SPDX-License-Identifier: Apache-2.0
// The virtual board without packets: control requests, commands and completions at ports. For simulations that need no USB timing;
// the engine and the request handler are those of lk_board_virtual.
`default_nettype none

module lk_board_direct #(
    parameter SLOTS = 256,
    parameter BUILD = 32'd1,
    parameter CLOCK_HERTZ = 60000000
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        bus_reset,        // pulse: what a bus reset does
    input  wire        setup_valid,      // pulse: a control request begins
    input  wire [63:0] setup_packet,     // byte 0 in [7:0]
    output wire [7:0]  control_in_data,
    output wire        control_in_valid,
    input  wire        control_in_ready,
    output wire        control_in_last,
    output wire        control_done,     // accepted, and all its data given; until the next setup_valid
    output wire        control_stall,    // refused; until the next setup_valid
    input  wire        status_done,      // pulse: the status stage has ended
    output wire        configured,
    output wire        out_halted,
    output wire        in_halted,
    output wire        stream_reset,     // pulse: what is on its way in either direction is void
    input  wire [31:0] out_data,         // commands
    input  wire        out_valid,
    output wire        out_ready,
    output wire [31:0] in_data,          // completions
    output wire        in_valid,
    output wire        in_last,
    input  wire        in_ready
);
    wire        alternate;
    wire        selftest, stream_reset_busy;
    wire [7:0]  fact_address;
    wire [31:0] fact_data;

    /* verilator lint_off PINCONNECTEMPTY */ // an address and toggles are nothing without packets
    lk_usb_request requests (
        .clk(clk), .reset(reset), .bus_reset(bus_reset), .high_speed(1'b1),
        .setup_valid(setup_valid), .setup_packet(setup_packet),
        .in_data(control_in_data), .in_valid(control_in_valid), .in_last(control_in_last), .in_ready(control_in_ready),
        .done(control_done), .stall(control_stall), .status_done(status_done),
        .address(), .configured(configured), .alternate(alternate), .test_mode(), .out_halted(out_halted), .in_halted(in_halted),
        .out_toggle_reset(), .in_toggle_reset(),
        .stream_reset(stream_reset), .selftest(selftest), .stream_reset_busy(stream_reset_busy),
        .fact_address(fact_address), .fact_data(fact_data)
    );
    /* verilator lint_on PINCONNECTEMPTY */

    wire [31:0] completion_data;
    wire        command_valid, command_ready, completion_valid, completion_last, completion_ready;
    lk_usb_alternate alternate_setting (
        .source_sink(alternate), .out_valid(out_valid), .out_ready(out_ready),
        .command_valid(command_valid), .command_ready(command_ready),
        .completion_data(completion_data), .completion_valid(completion_valid), .completion_last(completion_last),
        .completion_ready(completion_ready), .in_data(in_data), .in_valid(in_valid), .in_last(in_last), .in_ready(in_ready)
    );

    /* verilator lint_off PINCONNECTEMPTY */ // and lights
    lk_record_engine #(.SLOTS(SLOTS), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ)) engine (
        .clk(clk), .reset(reset),
        .command_data(out_data), .command_valid(command_valid), .command_ready(command_ready),
        .completion_data(completion_data), .completion_valid(completion_valid), .completion_last(completion_last),
        .completion_ready(completion_ready),
        .stream_reset(stream_reset), .selftest(selftest), .stream_reset_busy(stream_reset_busy),
        .fact_address(fact_address), .fact_data(fact_data), .working(), .keyed(), .failed()
    );
    /* verilator lint_on PINCONNECTEMPTY */
endmodule

`default_nettype wire
