// SPDX-License-Identifier: Apache-2.0
// Watches registers for bits that turn over by themselves: a twin holds what they were given. When they differ, `sound` falls at once, and
// stays low until reset: whoever lets something secret out asks it first.
//
// Then the twin's value is of no account any more, and it takes another one: that keeps tools from taking it for the registers themselves,
// as they would two that are given the same in every cycle, and it costs no logic for each bit, as inverting what it holds would.
`default_nettype none

module lk_guard #(
    parameter WIDTH = 1,
    parameter [WIDTH-1:0] INITIAL = {WIDTH{1'b0}}
) (
    input  wire             clk,
    input  wire             reset,
    input  wire [WIDTH-1:0] next,   // what the registers are given by this edge
    input  wire [WIDTH-1:0] now,    // what they hold
    output wire             sound
);
    reg [WIDTH-1:0] twin_q = INITIAL;
    reg             failed_q = 1'b0;

    wire same = now == twin_q;
    assign sound = same && !failed_q;

    always @(posedge clk) begin
        twin_q <= failed_q && !reset ? INITIAL : next;
        failed_q <= !reset && (failed_q || !same);
    end

`ifdef FORMAL
    always @(posedge clk) assert (sound);
`endif
endmodule

`default_nettype wire
