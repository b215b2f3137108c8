// SPDX-License-Identifier: Apache-2.0
// The virtual board: record engine and USB device behind the pins of a ULPI PHY.
`default_nettype none

module lk_board_virtual #(
    parameter SLOTS = 256,
    parameter BUILD = 32'd1,
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
    wire [1:0] xcvr_select, op_mode, line_state;
    wire       term_select, settled, session_valid, rx_active, rx_valid, rx_error, tx_valid, tx_ready;
    wire [7:0] rx_data, tx_data;
    lk_ulpi ulpi (
        .clk(ulpi_clk), .reset(reset), .ulpi_data_in(ulpi_data_in), .ulpi_data_out(ulpi_data_out), .ulpi_data_oe(ulpi_data_oe),
        .ulpi_dir(ulpi_dir), .ulpi_nxt(ulpi_nxt), .ulpi_stp(ulpi_stp), .ulpi_reset(ulpi_reset),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(op_mode), .settled(settled), .line_state(line_state),
        .session_valid(session_valid), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .tx_valid(tx_valid), .tx_data(tx_data), .tx_ready(tx_ready)
    );

    wire [31:0] command_data, completion_data, fact_data;
    wire        command_valid, command_ready, completion_valid, completion_last, completion_ready, stream_reset, selftest, stream_reset_busy;
    wire [7:0]  fact_address;
    lk_usb_device device (
        .clk(ulpi_clk), .reset(reset),
        .xcvr_select(xcvr_select), .term_select(term_select), .op_mode(op_mode), .settled(settled), .line_state(line_state),
        .session_valid(session_valid), .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data),
        .tx_valid(tx_valid), .tx_data(tx_data), .tx_ready(tx_ready),
        .out_data(command_data), .out_valid(command_valid), .out_ready(command_ready),
        .in_data(completion_data), .in_valid(completion_valid), .in_last(completion_last), .in_ready(completion_ready),
        .stream_reset(stream_reset), .selftest(selftest), .stream_reset_busy(stream_reset_busy), .fact_address(fact_address), .fact_data(fact_data)
    );

    lk_record_engine #(.SLOTS(SLOTS), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ)) engine (
        .clk(ulpi_clk), .reset(reset),
        .command_data(command_data), .command_valid(command_valid), .command_ready(command_ready),
        .completion_data(completion_data), .completion_valid(completion_valid), .completion_last(completion_last),
        .completion_ready(completion_ready), .stream_reset(stream_reset), .selftest(selftest), .stream_reset_busy(stream_reset_busy),
        .fact_address(fact_address), .fact_data(fact_data)
    );
endmodule

`default_nettype wire
