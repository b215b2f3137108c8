// SPDX-License-Identifier: Apache-2.0
// Frames from the host (docs/protocol.md, "Behind an FT601"): commands go on to the engine, a request is shown until it is done with.
// After a word that begins no frame everything is dropped until an idle frame; idle frames enough to fill the longest frame that can
// have begun bring any state back to the beginning of one.
`default_nettype none
`include "lk_protocol.vh"

module lk_ft601_receive (
    input  wire        clk,
    input  wire        reset,
    input  wire [31:0] in_data,
    input  wire        in_valid,
    output wire        in_ready,
    output wire [31:0] command_data,
    output wire        command_valid,
    input  wire        command_ready,
    output wire        request_valid,   // until request_done
    output wire [23:0] request,         // [7:0] bRequest, [15:8] fact words, [23:16] the first of them
    output wire [31:0] request_tag,
    input  wire        request_done
);
    localparam [2:0] HEAD = 3'd0, COMMANDS = 3'd1, REQUEST = 3'd2, TAG = 3'd3, SHOW = 3'd4, LOST = 3'd5;
    localparam [31:0] IDLE_FRAME = {16'd0, `LK_FRAME_IDLE, `LK_FRAME_MAGIC};

    reg [2:0]  state_d, state_q;
    reg [15:0] left_q;  // words of the frame that have not come yet
    reg [23:0] request_q;
    reg [31:0] tag_q;
    wire       take = in_valid && in_ready;
    wire       framed = in_data[7:0] == `LK_FRAME_MAGIC;
    wire       idle = in_data == IDLE_FRAME;
    wire       commands = framed && in_data[15:8] == `LK_FRAME_COMMANDS && in_data[31:16] <= `LK_FRAME_OUT_WORDS_MAX;
    wire       asks = framed && in_data[15:8] == `LK_FRAME_REQUEST && in_data[31:16] == 16'd2;
    always @* begin
        state_d = state_q;
        case (state_q)
            HEAD:
                if (take) begin
                    if (commands && in_data[31:16] != 16'd0) state_d = COMMANDS;
                    else if (asks) state_d = REQUEST;
                    else if (!idle && !commands) state_d = LOST;
                end
            COMMANDS: if (take && left_q == 16'd1) state_d = HEAD;
            REQUEST: if (take) state_d = TAG;
            TAG: if (take) state_d = SHOW;
            SHOW: if (request_done) state_d = HEAD;
            default: if (take && idle) state_d = HEAD;
        endcase
    end

    always @(posedge clk) begin
        state_q <= reset ? HEAD : state_d;
        if (take) left_q <= state_q == HEAD ? in_data[31:16] : left_q - 16'd1;
        if (take && state_q == REQUEST) request_q <= in_data[23:0];
        if (take && state_q == TAG) tag_q <= in_data;
    end

    assign in_ready = state_q == COMMANDS ? command_ready : state_q != SHOW;
    assign command_data = in_data;
    assign command_valid = state_q == COMMANDS && in_valid;
    assign request_valid = state_q == SHOW;
    assign request = request_q;
    assign request_tag = tag_q;
endmodule

`default_nettype wire
