// SPDX-License-Identifier: Apache-2.0
// lk_stream_fifo, four words deep, loses no word, doubles none, changes none and keeps their order: the word that goes in as the
// n-th, for any n, comes out as the n-th. It is full with four words, and neither side's ready or valid follows the other side's in
// the same cycle.
//
// method: induction 6
// memory: registers
// sees: memory fifo.memory[0..3]
// sees: head fifo.head_q
// sees: tail fifo.tail_q
// mutation: overflows stream/lk_stream_fifo.v s/assign in_ready = .*/assign in_ready = 1'b1;/
// mutation: underflows stream/lk_stream_fifo.v s/assign out_valid = .*/assign out_valid = 1'b1;/
// mutation: overwrites stream/lk_stream_fifo.v s/if (put) memory/if (in_valid) memory/
// mutation: stays_filled stream/lk_stream_fifo.v s/if (reset) begin/if (1'b0) begin/
`default_nettype none

module formal_stream_fifo (
    input wire       clk,
    input wire       reset,
    input wire [7:0] in_data,
    input wire       in_valid,
    input wire       out_ready
);
    wire       in_ready, out_valid;
    wire [7:0] out_data;
    lk_stream_fifo #(.WIDTH(8), .DEPTH_LOG2(2)) fifo (
        .clk(clk), .reset(reset), .in_data(in_data), .in_valid(in_valid), .in_ready(in_ready), .out_data(out_data),
        .out_valid(out_valid), .out_ready(out_ready));
    wire [2:0]  head, tail;
    wire [31:0] memory;

    // The word that is the n-th since reset.
    (* anyconst *) wire [7:0] n;
    reg [7:0] in_count_q = 8'd0, out_count_q = 8'd0, word_q = 8'd0;
    wire [7:0] held = in_count_q - out_count_q;
    wire       holds_word = n - out_count_q < held;
    always @(posedge clk) begin
        if (in_valid && in_ready) begin
            in_count_q <= in_count_q + 8'd1;
            if (in_count_q == n) word_q <= in_data;
        end
        if (out_valid && out_ready) out_count_q <= out_count_q + 8'd1;
        if (reset) begin
            in_count_q <= 8'd0;
            out_count_q <= 8'd0;
        end
    end

    // What is held is counted by registers alone, so ready and valid, which follow from it, follow no input.
    always @* begin
        assert (held <= 8'd4);
        assert (head == out_count_q[2:0] && tail == in_count_q[2:0]);
        assert (out_valid == (held != 8'd0));
        assert (in_ready == (held != 8'd4));
        if (holds_word) assert (memory[8*n[1:0]+:8] == word_q);
        if (holds_word && out_count_q == n) assert (out_data == word_q);
    end
endmodule

`default_nettype wire
