// SPDX-License-Identifier: Apache-2.0
// A skid buffer: a register in a stream that cuts every path between its two sides, at full rate. Holds up to two words.
`default_nettype none

module lk_stream_register #(
    parameter WIDTH = 32
) (
    input  wire             clk,
    input  wire             reset,      // drops what is held
    input  wire [WIDTH-1:0] in_data,
    input  wire             in_valid,
    output wire             in_ready,   // a register
    output wire [WIDTH-1:0] out_data,   // a register
    output wire             out_valid,  // a register
    input  wire             out_ready
);
    reg [WIDTH-1:0] out_d, out_q = {WIDTH{1'b0}};
    reg [WIDTH-1:0] skid_d, skid_q = {WIDTH{1'b0}};
    reg             out_valid_d, out_valid_q = 1'b0;
    reg             skid_valid_d, skid_valid_q = 1'b0;

    assign in_ready = !skid_valid_q;
    assign out_data = out_q;
    assign out_valid = out_valid_q;

    always @* begin
        out_d = out_q;
        skid_d = skid_q;
        out_valid_d = out_valid_q;
        skid_valid_d = skid_valid_q;
        if (out_ready || !out_valid_q) begin
            out_d = skid_valid_q ? skid_q : in_data;
            out_valid_d = skid_valid_q || in_valid;
            skid_valid_d = 1'b0;
        end else if (in_valid && in_ready) begin
            skid_d = in_data;
            skid_valid_d = 1'b1;
        end
    end

    always @(posedge clk) begin
        out_q <= out_d;
        skid_q <= skid_d;
        out_valid_q <= out_valid_d && !reset;
        skid_valid_q <= skid_valid_d && !reset;
    end

`ifdef FORMAL
    // What waits stays as it is, and a word in the skid register means one before it at the output.
    reg             past_q = 1'b0;
    reg             past_reset_q, past_waiting_q;
    reg [WIDTH-1:0] past_data_q;
    always @(posedge clk) begin
        past_q <= 1'b1;
        past_reset_q <= reset;
        past_waiting_q <= out_valid && !out_ready;
        past_data_q <= out_data;
        assert (out_valid_q || !skid_valid_q);
        if (past_q && !past_reset_q && past_waiting_q) assert (out_valid && out_data == past_data_q);
    end
`endif
endmodule

`default_nettype wire
