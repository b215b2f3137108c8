// SPDX-License-Identifier: Apache-2.0
// Registers with a twin (lk_guard), for test_guard_kept: what they are given is what registers most often are given, with a reset and a hold.
`default_nettype none

module lk_test_guard (
    input  wire       clk,
    input  wire       reset,
    input  wire       load,
    input  wire       counts,
    input  wire [7:0] in,
    output wire [7:0] out,
    output wire       sound
);
    reg [7:0] count_d, count_q = 8'd0;
    lk_guard #(.WIDTH(8)) guard (.clk(clk), .reset(reset), .next(count_d), .now(count_q), .sound(sound));
    assign out = count_q;

    always @* begin
        count_d = load ? in : count_q + {7'd0, counts};
        if (reset) count_d = 8'd0;
    end

    always @(posedge clk) count_q <= count_d;
endmodule

`default_nettype wire
