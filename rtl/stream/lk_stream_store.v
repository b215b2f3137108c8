// SPDX-License-Identifier: Apache-2.0
// A first-in first-out queue of 2^DEPTH_LOG2 words and one more, in block RAM. A word shows at the output two cycles after it
// came in; from then on one a cycle.
`default_nettype none

module lk_stream_store #(
    parameter WIDTH = 32,
    parameter DEPTH_LOG2 = 12
) (
    input  wire                clk,
    input  wire                reset,      // empties the queue
    input  wire [WIDTH-1:0]    in_data,
    input  wire                in_valid,
    output wire                in_ready,
    output wire [WIDTH-1:0]    out_data,   // a register
    output wire                out_valid,  // a register
    input  wire                out_ready,
    output wire [DEPTH_LOG2:0] held        // words in memory
);
    // One bit more than an address: equal when empty, different in that bit alone when full.
    reg [DEPTH_LOG2:0] head_d, head_q = {(DEPTH_LOG2 + 1) {1'b0}};
    reg [DEPTH_LOG2:0] tail_d, tail_q = {(DEPTH_LOG2 + 1) {1'b0}};
    reg                valid_d, valid_q = 1'b0;
    // A word is never fetched while it is put: no_rw_check leaves out logic for that case.
    (* no_rw_check *) reg [WIDTH-1:0] memory[0:(1 << DEPTH_LOG2) - 1];
    reg [WIDTH-1:0]    word_q = {WIDTH{1'b0}};

    wire put = in_valid && in_ready;
    wire fetch = head_q != tail_q && (!valid_q || out_ready);

    assign in_ready = !held[DEPTH_LOG2];
    assign out_data = word_q;
    assign out_valid = valid_q;
    assign held = tail_q - head_q;

    always @* begin
        head_d = head_q + {{DEPTH_LOG2{1'b0}}, fetch};
        tail_d = tail_q + {{DEPTH_LOG2{1'b0}}, put};
        valid_d = fetch || (valid_q && !out_ready);
        if (reset) begin
            head_d = {(DEPTH_LOG2 + 1) {1'b0}};
            tail_d = {(DEPTH_LOG2 + 1) {1'b0}};
            valid_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        head_q <= head_d;
        tail_q <= tail_d;
        valid_q <= valid_d;
        if (put) memory[tail_q[DEPTH_LOG2-1:0]] <= in_data;
        if (fetch) word_q <= memory[head_q[DEPTH_LOG2-1:0]];
    end

`ifdef FORMAL
    always @(posedge clk) assert (held <= (1 << DEPTH_LOG2));
`endif
endmodule

`default_nettype wire
