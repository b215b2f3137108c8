// SPDX-License-Identifier: Apache-2.0
// A first-in first-out queue of 2^DEPTH_LOG2 words between two clocks that know nothing of each other. Each side counts in Gray code, in
// which one bit changes at a time, and sees the other's count through two registers: late, but never wrong. A word goes in, and
// one comes out, in each cycle of the slower clock.
//
// Both sides are reset together: each for some cycles of both clocks, and what happens before both are is undefined. `in_reset` keeps the
// queue from taking words, `out_reset` from showing any.
`default_nettype none

module lk_stream_crossing #(
    parameter WIDTH = 32,
    parameter DEPTH_LOG2 = 4
) (
    input  wire             in_clk,
    input  wire             in_reset,
    input  wire [WIDTH-1:0] in_data,
    input  wire             in_valid,
    output wire             in_ready,
    input  wire             out_clk,
    input  wire             out_reset,
    output wire [WIDTH-1:0] out_data,
    output wire             out_valid,
    input  wire             out_ready
);
    localparam [DEPTH_LOG2:0] ONE = 1;

    function [DEPTH_LOG2:0] gray;
        input [DEPTH_LOG2:0] count;
        gray = count ^ (count >> 1);
    endfunction

    // One bit more than an address: in Gray code, counts that differ by the depth differ in their two highest bits.
    reg [DEPTH_LOG2:0] tail_q = {(DEPTH_LOG2 + 1) {1'b0}}, tail_gray_q = {(DEPTH_LOG2 + 1) {1'b0}};
    reg [DEPTH_LOG2:0] head_q = {(DEPTH_LOG2 + 1) {1'b0}}, head_gray_q = {(DEPTH_LOG2 + 1) {1'b0}};
    // The other side's, in its first and its second register here.
    reg [DEPTH_LOG2:0] head_first_q = {(DEPTH_LOG2 + 1) {1'b0}}, head_seen_q = {(DEPTH_LOG2 + 1) {1'b0}};
    reg [DEPTH_LOG2:0] tail_first_q = {(DEPTH_LOG2 + 1) {1'b0}}, tail_seen_q = {(DEPTH_LOG2 + 1) {1'b0}};
    reg [WIDTH-1:0]    memory[0:(1 << DEPTH_LOG2) - 1];

    wire                full = tail_gray_q == {~head_seen_q[DEPTH_LOG2-:2], head_seen_q[DEPTH_LOG2-2:0]};
    wire                put = in_valid && in_ready;
    wire                get = out_valid && out_ready;
    wire [DEPTH_LOG2:0] tail_d = in_reset ? {(DEPTH_LOG2 + 1) {1'b0}} : tail_q + (put ? ONE : {(DEPTH_LOG2 + 1) {1'b0}});
    wire [DEPTH_LOG2:0] head_d = out_reset ? {(DEPTH_LOG2 + 1) {1'b0}} : head_q + (get ? ONE : {(DEPTH_LOG2 + 1) {1'b0}});

    assign in_ready = !full && !in_reset;
    assign out_valid = head_gray_q != tail_seen_q && !out_reset;
    assign out_data = memory[head_q[DEPTH_LOG2-1:0]];

    always @(posedge in_clk) begin
        tail_q <= tail_d;
        tail_gray_q <= gray(tail_d);
        head_first_q <= head_gray_q;
        head_seen_q <= head_first_q;
        if (put) memory[tail_q[DEPTH_LOG2-1:0]] <= in_data;
    end

    always @(posedge out_clk) begin
        head_q <= head_d;
        head_gray_q <= gray(head_d);
        tail_first_q <= tail_gray_q;
        tail_seen_q <= tail_first_q;
    end
endmodule

`default_nettype wire
