// SPDX-License-Identifier: Apache-2.0
// Bytes to words, lowest byte first, one byte a cycle without a gap. The last byte ends its word; the rest of that word is
// zero.
`default_nettype none

module lk_stream_widen (
    input  wire        clk,
    input  wire        reset,      // drops what is held
    input  wire [7:0]  in_data,
    input  wire        in_last,
    input  wire        in_valid,
    output wire        in_ready,
    output wire [31:0] out_data,
    output wire        out_last,
    output wire        out_valid,
    input  wire        out_ready
);
    // A word that is being filled, and a finished one that waits: filling goes on meanwhile.
    reg [23:0] part_d, part_q = 24'd0;
    reg [1:0]  count_d, count_q = 2'd0;
    reg [31:0] word_d, word_q = 32'd0;
    reg        last_d, last_q = 1'b0;
    reg        full_d, full_q = 1'b0;

    wire        completes = in_last || count_q == 2'd3;
    wire [31:0] filled = {8'd0, part_q} | ({24'd0, in_data} << {count_q, 3'd0});

    assign in_ready = !full_q || out_ready || !completes;
    assign out_data = word_q;
    assign out_last = last_q;
    assign out_valid = full_q;

    always @* begin
        part_d = part_q;
        count_d = count_q;
        word_d = word_q;
        last_d = last_q;
        full_d = full_q && !out_ready;
        if (in_valid && in_ready) begin
            part_d = completes ? 24'd0 : filled[23:0];
            count_d = completes ? 2'd0 : count_q + 2'd1;
            if (completes) begin
                word_d = filled;
                last_d = in_last;
                full_d = 1'b1;
            end
        end
        if (reset) begin
            part_d = 24'd0;
            count_d = 2'd0;
            full_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        part_q <= part_d;
        count_q <= count_d;
        word_q <= word_d;
        last_q <= last_d;
        full_q <= full_d;
    end
endmodule

`default_nettype wire
