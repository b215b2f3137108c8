// SPDX-License-Identifier: Apache-2.0
// Answers the vendor requests that come in frames (docs/protocol.md, "Behind an FT601"), and lets completions by while there are none.
// A reply follows all completions that the engine had made before: after a STREAM_RESET, what comes behind it is new.
`default_nettype none
`include "lk_protocol.vh"

module lk_ft601_request (
    input  wire        clk,
    input  wire        reset,
    // requests
    input  wire        request_valid,
    input  wire [23:0] request,
    input  wire [31:0] request_tag,
    output wire        request_done,
    // completions
    input  wire [31:0] completion_data,
    input  wire        completion_valid,
    output wire        completion_ready,
    // frames to the host
    output wire [31:0] out_data,
    output wire [7:0]  out_kind,
    output wire        out_last,
    output wire        out_end,
    output wire        out_valid,
    input  wire        out_ready,
    input  wire        out_empty,
    // engine
    output wire        stream_reset,       // pulse
    output wire        selftest,           // pulse
    input  wire        stream_reset_busy,
    output wire        fact_ask,           // pulse
    output wire [7:0]  fact_address,
    input  wire [31:0] fact_data,          // from fact_answer on
    input  wire        fact_answer         // pulse
);
    localparam [2:0] PASS = 3'd0, RESET = 3'd1, BUSY = 3'd2, CLOSE = 3'd3, TAG = 3'd4, ASK = 3'd5, ANSWER = 3'd6, DONE = 3'd7;
    wire [7:0] code = request[7:0];
    wire       facts = code == `LK_REQUEST_READ_FACTS;
    wire       resets = code == `LK_REQUEST_STREAM_RESET || code == `LK_REQUEST_SELFTEST;
    wire       refused = !(facts || resets) || request[15:8] == 8'd255;  // with the tag, that is more than a frame
    wire [7:0] words = facts && !refused ? request[15:8] : 8'd0;

    reg [2:0] state_d, state_q;
    reg [7:0] index_q;     // of the fact word
    reg       answered_q;  // the fact is there
    wire      given = out_valid && out_ready;
    wire      last_fact = index_q + 8'd1 == words;
    always @* begin
        state_d = state_q;
        case (state_q)
            PASS: if (request_valid) state_d = resets && !refused ? RESET : CLOSE;
            RESET: state_d = BUSY;
            BUSY: if (!stream_reset_busy) state_d = CLOSE;
            CLOSE: if (out_empty) state_d = TAG;
            TAG: if (given) state_d = words == 8'd0 ? DONE : ASK;
            ASK: state_d = ANSWER;
            ANSWER: if (given) state_d = last_fact ? DONE : ASK;
            default: state_d = PASS;
        endcase
    end

    always @(posedge clk) begin
        state_q <= reset ? PASS : state_d;
        index_q <= state_q == PASS ? 8'd0 : index_q + {7'd0, state_q == ANSWER && given};
        answered_q <= state_q == ANSWER && !given && (answered_q || fact_answer);
    end

    // What the engine says until it begins to drop everything goes on; meanwhile it says nothing.
    wire passes = state_q == PASS || state_q == RESET || state_q == BUSY;
    assign completion_ready = passes && out_ready;
    assign out_data = passes ? completion_data : state_q == TAG ? request_tag : fact_data;
    assign out_kind = passes ? `LK_FRAME_COMPLETIONS : refused ? `LK_FRAME_REFUSAL : `LK_FRAME_REPLY;
    assign out_valid = passes ? completion_valid : state_q == TAG || (state_q == ANSWER && answered_q);
    assign out_last = state_q == TAG ? words == 8'd0 : state_q == ANSWER && last_fact;
    assign out_end = state_q == CLOSE;
    assign request_done = state_q == DONE;
    assign stream_reset = state_q == RESET;
    assign selftest = state_q == RESET && code == `LK_REQUEST_SELFTEST;
    assign fact_ask = state_q == ASK;
    assign fact_address = request[23:16] + index_q;
endmodule

`default_nettype wire
