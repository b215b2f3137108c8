// SPDX-License-Identifier: Apache-2.0
// One fact word at a time from the engine's clock to the link's: the question goes over as a change of level, and so does the answer;
// address and data stand still meanwhile.
`default_nettype none

module lk_ft601_facts (
    input  wire        link_clk,
    input  wire        ask,           // pulse
    input  wire [7:0]  address,       // still until the answer
    output wire [31:0] data,          // from the answer on
    output wire        answer,        // pulse
    input  wire        clk,
    output wire [7:0]  fact_address,  // for one cycle, else 0
    input  wire [31:0] fact_data      // one cycle later
);
    reg       asked_q = 1'b0;
    reg [2:0] answered_q = 3'd0;
    always @(posedge link_clk) begin
        asked_q <= asked_q ^ ask;
        answered_q <= {answered_q[1:0], told_q};
    end
    assign answer = answered_q[2] != answered_q[1];

    reg [2:0]  seen_q = 3'd0;
    reg        shown_q = 1'b0, told_q = 1'b0;
    reg [31:0] data_q = 32'd0;
    wire       show = seen_q[2] != seen_q[1];
    assign fact_address = show ? address : 8'd0;
    assign data = data_q;
    always @(posedge clk) begin
        seen_q <= {seen_q[1:0], asked_q};
        shown_q <= show;
        if (shown_q) data_q <= fact_data;
        told_q <= told_q ^ shown_q;
    end
endmodule

`default_nettype wire
