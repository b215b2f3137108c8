// SPDX-License-Identifier: Apache-2.0
// Words to bytes, lowest byte first, one byte a cycle without a gap between words. A word may hold fewer than four bytes.
`default_nettype none

module lk_stream_narrow (
    input  wire        clk,
    input  wire        reset,      // drops what is held
    input  wire [31:0] in_data,
    input  wire [2:0]  in_count,   // bytes in this word: 1 to 4
    input  wire        in_valid,
    output wire        in_ready,
    output wire [7:0]  out_data,
    output wire        out_valid,
    input  wire        out_ready,
    output wire        empty       // no byte is held
);
    reg [31:0] word_d, word_q = 32'd0;
    reg [2:0]  left_d, left_q = 3'd0;

    // The next word comes in as the last byte goes out: ready follows ready, valid follows registers alone.
    assign in_ready = (left_q == 3'd0) || (left_q == 3'd1 && out_ready);
    assign out_data = word_q[7:0];
    assign out_valid = left_q != 3'd0;
    assign empty = !out_valid;

    always @* begin
        word_d = word_q;
        left_d = left_q;
        if (in_valid && in_ready) begin
            word_d = in_data;
            left_d = in_count;
        end else if (out_valid && out_ready) begin
            word_d = {8'd0, word_q[31:8]};
            left_d = left_q - 3'd1;
        end
        if (reset) left_d = 3'd0;
    end

    always @(posedge clk) begin
        word_q <= word_d;
        left_q <= left_d;
    end

`ifdef FORMAL
    always @(posedge clk) begin
        if (in_valid) assume (in_count != 3'd0 && in_count <= 3'd4);
        assert (left_q <= 3'd4);
    end
`endif
endmodule

`default_nettype wire
