// SPDX-License-Identifier: Apache-2.0
// The USB device: UTMI-like signals in, two streams of words out. Endpoint 0, bulk OUT (commands) and bulk IN (completions).
`default_nettype none

module lk_usb_device #(
    parameter HIGH_SPEED = 1,                  // 0: full speed alone, as lk_full_speed has it
    parameter CLOCK_MEGAHERTZ = 60,
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
    // to the engine
    output wire [31:0] out_data,
    output wire        out_valid,
    input  wire        out_ready,
    input  wire [31:0] in_data,
    input  wire        in_valid,
    input  wire        in_last,
    output wire        in_ready,
    output wire        stream_reset,
    output wire        selftest,
    input  wire        stream_reset_busy,
    output wire [7:0]  fact_address,
    input  wire [31:0] fact_data,
    output wire        high_speed,
    output wire        configured
);
    wire       chirp, bus_reset, enabled;
    wire [2:0] test_mode;
    wire       test_active, test_nak, test_raw, test_start, test_last;
    wire [7:0] test_level, test_data;
    wire [1:0] reset_op_mode;
    assign op_mode = test_raw ? 2'd2 : reset_op_mode;
    /* verilator lint_off PINCONNECTEMPTY */ // nothing here saves power in suspend: the clock must go on for the engine
    lk_usb_reset #(.HIGH_SPEED(HIGH_SPEED), .CLOCK_MEGAHERTZ(CLOCK_MEGAHERTZ)) reset_control (
        .clk(clk), .reset(reset), .session_valid(session_valid), .settled(settled), .hold(test_active),
        .line_state(line_state), .rx_active(rx_active),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(reset_op_mode), .chirp(chirp),
        .bus_reset(bus_reset), .high_speed(high_speed), .enabled(enabled), .suspended()
    );
    /* verilator lint_on PINCONNECTEMPTY */

    wire       answering = enabled && (!test_active || test_nak);
    wire       token, handshake, data_start, data_valid, packet_end, data_end, data_good;
    wire [3:0] pid, token_endpoint;
    wire [6:0] token_address;
    wire [7:0] data;
    /* verilator lint_off PINCONNECTEMPTY */ // no endpoint keeps time by frames
    lk_usb_receive receive (
        .clk(clk), .reset(reset || !answering), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .token(token), .start_of_frame(), .pid(pid), .address(token_address), .endpoint(token_endpoint), .handshake(handshake),
        .data_start(data_start), .data_valid(data_valid), .data(data), .packet_end(packet_end),
        .data_end(data_end), .data_good(data_good)
    );
    /* verilator lint_on PINCONNECTEMPTY */

    localparam [3:0] DATA0 = 4'b0011;
    wire       packet_start, packet_empty, packet_next, packet_busy, packet_tx_valid;
    wire [3:0] packet_pid;
    wire [7:0] packet_tx_data;
    wire       in_endpoint;
    wire [7:0] control_data, bulk_data;
    wire       control_last, bulk_last;
    lk_usb_transmit transmit (
        .clk(clk), .reset(reset || !enabled), .start(packet_start || test_start),
        .pid(test_start ? DATA0 : packet_pid), .empty(packet_empty && !test_start),
        .data(test_active ? test_data : in_endpoint ? bulk_data : control_data),
        .data_last(test_active ? test_last : in_endpoint ? bulk_last : control_last),
        .data_next(packet_next), .busy(packet_busy), .tx_valid(packet_tx_valid), .tx_data(packet_tx_data), .tx_ready(tx_ready)
    );
    wire test_line = test_raw && settled;
    assign tx_valid = chirp || test_line || packet_tx_valid;
    assign tx_data = chirp ? 8'h00 : test_line ? test_level : packet_tx_data; // zeros without NRZI are K (clause 7.1.7.5)

    lk_usb_test test (
        .clk(clk), .reset(reset), .selector(test_mode), .active(test_active), .nak(test_nak), .raw(test_raw), .level(test_level),
        .packet_start(test_start), .packet_busy(packet_busy), .data_next(packet_next), .data(test_data), .data_last(test_last)
    );

    wire [6:0] address;
    wire       alternate, out_halted, in_halted, out_toggle_reset, in_toggle_reset;
    wire [1:0] out_begin, out_byte, out_commit, in_begin, in_acked;
    wire       setup_commit, setup_complete;
    wire       control_out_stall, control_out_fits, control_out_toggle, bulk_room, bulk_room_after, bulk_fits, bulk_out_toggle;
    wire       control_in_stall, control_in_ready, control_in_empty, control_in_toggle, bulk_ready, bulk_empty, bulk_in_toggle;
    lk_usb_transaction transaction (
        .clk(clk), .reset(reset), .enabled(answering), .high_speed(high_speed), .nak_all(test_nak),
        .address(address), .configured(configured),
        .rx_active(rx_active), .token(token), .handshake(handshake), .pid(pid), .token_address(token_address),
        .token_endpoint(token_endpoint), .data_start(data_start), .data_valid(data_valid),
        .packet_end(packet_end), .data_end(data_end), .data_good(data_good),
        .tx_start(packet_start), .tx_pid(packet_pid), .tx_empty(packet_empty), .tx_busy(packet_busy),
        .out_stall({out_halted, control_out_stall}), .out_room({bulk_room, 1'b1}), .out_room_after({bulk_room_after, 1'b1}),
        .out_fits({bulk_fits, control_out_fits}), .out_toggle({bulk_out_toggle, control_out_toggle}), .setup_complete(setup_complete),
        .out_begin(out_begin), .out_valid(out_byte), .out_commit(out_commit), .setup_commit(setup_commit),
        .in_stall({in_halted, control_in_stall}), .in_ready({bulk_ready, control_in_ready}), .in_empty({bulk_empty, control_in_empty}),
        .in_toggle({bulk_in_toggle, control_in_toggle}), .in_endpoint(in_endpoint), .in_begin(in_begin), .in_acked(in_acked)
    );

    wire        setup_valid, request_valid, request_last, request_ready, request_done, request_stall, status_done;
    wire [63:0] setup_packet;
    wire [7:0]  request_data;
    lk_usb_control control (
        .clk(clk), .reset(reset), .bus_reset(bus_reset),
        .out_stall(control_out_stall), .out_fits(control_out_fits), .out_toggle(control_out_toggle), .setup_complete(setup_complete),
        .out_begin(out_begin[0]), .out_valid(out_byte[0]), .out_data(data), .out_commit(out_commit[0]), .setup_commit(setup_commit),
        .in_stall(control_in_stall), .in_ready(control_in_ready), .in_empty(control_in_empty), .in_toggle(control_in_toggle),
        .in_begin(in_begin[0]), .in_next(packet_next && !in_endpoint), .in_data(control_data), .in_last(control_last),
        .in_acked(in_acked[0]),
        .setup_valid(setup_valid), .setup_packet(setup_packet), .request_data(request_data), .request_valid(request_valid),
        .request_last(request_last), .request_ready(request_ready), .request_done(request_done), .request_stall(request_stall),
        .status_done(status_done)
    );

    lk_usb_request #(.HIGH_SPEED(HIGH_SPEED), .SERIAL(SERIAL)) requests (
        .clk(clk), .reset(reset), .bus_reset(bus_reset), .high_speed(high_speed), .setup_valid(setup_valid),
        .setup_packet(setup_packet), .in_data(request_data), .in_valid(request_valid), .in_last(request_last),
        .in_ready(request_ready), .done(request_done), .stall(request_stall), .status_done(status_done),
        .address(address), .configured(configured), .alternate(alternate), .test_mode(test_mode),
        .out_halted(out_halted), .in_halted(in_halted),
        .out_toggle_reset(out_toggle_reset), .in_toggle_reset(in_toggle_reset),
        .stream_reset(stream_reset), .selftest(selftest), .stream_reset_busy(stream_reset_busy), .fact_address(fact_address), .fact_data(fact_data)
    );

    wire [31:0] source_data;
    wire        sink_valid, sink_ready, source_valid, source_last, source_ready;
    lk_usb_alternate alternate_setting (
        .source_sink(alternate), .out_valid(sink_valid), .out_ready(sink_ready),
        .command_valid(out_valid), .command_ready(out_ready),
        .completion_data(in_data), .completion_valid(in_valid), .completion_last(in_last), .completion_ready(in_ready),
        .in_data(source_data), .in_valid(source_valid), .in_last(source_last), .in_ready(source_ready)
    );

    lk_usb_bulk_out bulk_out (
        .clk(clk), .reset(reset), .clear(stream_reset), .toggle_reset(out_toggle_reset), .high_speed(high_speed),
        .packet_begin(out_begin[1]), .packet_valid(out_byte[1]), .packet_data(data), .packet_commit(out_commit[1]),
        .toggle(bulk_out_toggle), .room(bulk_room), .room_after(bulk_room_after), .fits(bulk_fits),
        .out_data(out_data), .out_valid(sink_valid), .out_ready(sink_ready)
    );

    lk_usb_bulk_in bulk_in (
        .clk(clk), .reset(reset), .clear(stream_reset), .toggle_reset(in_toggle_reset), .high_speed(high_speed),
        .in_data(source_data), .in_valid(source_valid), .in_last(source_last), .in_ready(source_ready),
        .packet_ready(bulk_ready), .packet_empty(bulk_empty), .toggle(bulk_in_toggle), .packet_begin(in_begin[1]),
        .packet_next(packet_next && in_endpoint), .packet_data(bulk_data), .packet_last(bulk_last), .packet_acked(in_acked[1])
    );
endmodule

`default_nettype wire
