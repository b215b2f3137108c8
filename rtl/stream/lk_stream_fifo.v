// SPDX-License-Identifier: Apache-2.0
// A first-in first-out queue of 2^DEPTH_LOG2 words, in LUT RAM when it is small. The oldest word shows at the output.
`default_nettype none

module lk_stream_fifo #(
    parameter WIDTH = 32,
    parameter DEPTH_LOG2 = 2
) (
    input  wire             clk,
    input  wire             reset,      // empties the queue
    input  wire [WIDTH-1:0] in_data,
    input  wire             in_valid,
    output wire             in_ready,
    output wire [WIDTH-1:0] out_data,
    output wire             out_valid,
    input  wire             out_ready
);
    // One bit more than an address: equal when empty, different in that bit alone when full.
    reg [DEPTH_LOG2:0] head_d, head_q = {(DEPTH_LOG2 + 1) {1'b0}};
    reg [DEPTH_LOG2:0] tail_d, tail_q = {(DEPTH_LOG2 + 1) {1'b0}};
    reg [WIDTH-1:0]    memory[0:(1 << DEPTH_LOG2) - 1];

    wire put = in_valid && in_ready;
    wire get = out_valid && out_ready;

    // A word that nobody put there does not come out.
    wire sound;
    lk_guard #(.WIDTH(2 * DEPTH_LOG2 + 2)) guard (
        .clk(clk), .reset(reset), .next({head_d, tail_d}), .now({head_q, tail_q}), .sound(sound));

    assign out_valid = head_q != tail_q && sound;
    assign in_ready = head_q != {~tail_q[DEPTH_LOG2], tail_q[DEPTH_LOG2-1:0]};
    assign out_data = memory[head_q[DEPTH_LOG2-1:0]];

    always @* begin
        head_d = head_q + {{DEPTH_LOG2{1'b0}}, get};
        tail_d = tail_q + {{DEPTH_LOG2{1'b0}}, put};
        if (reset) begin
            head_d = {(DEPTH_LOG2 + 1) {1'b0}};
            tail_d = {(DEPTH_LOG2 + 1) {1'b0}};
        end
    end

    always @(posedge clk) begin
        head_q <= head_d;
        tail_q <= tail_d;
        if (put) memory[tail_q[DEPTH_LOG2-1:0]] <= in_data;
    end

`ifdef FORMAL
    wire [DEPTH_LOG2:0] held = tail_q - head_q;
    always @(posedge clk) assert (held <= (1 << DEPTH_LOG2));
`endif
endmodule

`default_nettype wire
