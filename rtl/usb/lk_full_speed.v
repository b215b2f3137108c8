// SPDX-License-Identifier: Apache-2.0
// D+ and D- on pins of the FPGA, without a PHY, on one side; the UTMI-like signals of lk_ulpi on the other. Full speed alone: what asks
// for another transceiver or for raw bytes is not sent. The one clock is four times the bit rate, 48 MHz +- 0.25 %.
//
// The board gives a 1.5 kOhm pull-up to 3.3 V on D+ that `pull_up` switches (USB 2.0 clause 7.1.5.1), and drives both pins with
// `output_enable`; dp_in and dm_in are the pins themselves, whoever drives them.
`default_nettype none

module lk_full_speed (
    input  wire       clk,
    input  wire       reset,
    // pins
    input  wire       dp_in,
    input  wire       dm_in,
    output wire       dp_out,
    output wire       dm_out,
    output wire       output_enable,
    output wire       pull_up,
    input  wire       vbus,             // 1 where VBUS is there; tied high on a board that has its power from it
    // mode; see lk_ulpi
    input  wire [1:0] xcvr_select,
    input  wire       term_select,
    input  wire [1:0] op_mode,
    output wire       settled,
    output wire [1:0] line_state,
    output wire       session_valid,
    // packets
    output wire       rx_active,
    output wire       rx_valid,
    output wire       rx_error,
    output wire [7:0] rx_data,
    input  wire       tx_valid,
    input  wire [7:0] tx_data,
    output wire       tx_ready
);
    localparam [1:0] FULL_SPEED = 2'd1, NORMAL = 2'd0, NOT_DRIVING = 2'd1;
    localparam [1:0] SE0 = 2'd0, J = 2'd1, K = 2'd2;

    // The line, newest sample lowest. The first register of each may go either way at an edge, and nothing looks at it.
    reg [3:0] dp_q, dm_q;
    reg [1:0] vbus_q;
    reg [1:0] line_state_q, line_state_d;
    reg       pull_up_q;

    // While an edge goes by, the line may look like SE0 for 14 ns (T_FST), one sample; an EOP is 82 ns at the least (T_FEOPR), three.
    wire se0 = dp_q[3:1] == 3'b000 && dm_q[3:1] == 3'b000;
    always @* begin
        line_state_d = line_state_q;
        if (se0) line_state_d = SE0;
        else if (dp_q[3:1] == 3'b111 && dm_q[3:1] == 3'b000) line_state_d = J;
        else if (dp_q[3:1] == 3'b000 && dm_q[3:1] == 3'b111) line_state_d = K;
    end

    always @(posedge clk) begin
        dp_q <= reset ? 4'd0 : {dp_q[2:0], dp_in};
        dm_q <= reset ? 4'd0 : {dm_q[2:0], dm_in};
        vbus_q <= reset ? 2'd0 : {vbus_q[0], vbus};
        line_state_q <= reset ? SE0 : line_state_d;
        pull_up_q <= !reset && term_select && op_mode != NOT_DRIVING;
    end

    lk_full_speed_receive receive (
        .clk(clk), .reset(reset || output_enable), .j(dp_q[3] && !dm_q[3]), .k(!dp_q[3] && dm_q[3]), .se0(se0),
        .rx_active(rx_active), .rx_valid(rx_valid), .rx_error(rx_error), .rx_data(rx_data)
    );

    lk_full_speed_transmit transmit (
        .clk(clk), .reset(reset || xcvr_select != FULL_SPEED || op_mode != NORMAL || !session_valid),
        .tx_valid(tx_valid), .tx_data(tx_data), .tx_ready(tx_ready),
        .dp(dp_out), .dm(dm_out), .enable(output_enable)
    );

    assign pull_up = pull_up_q;
    assign settled = 1'b1;
    assign line_state = line_state_q;
    assign session_valid = vbus_q[1];
endmodule

`default_nettype wire
