// SPDX-License-Identifier: Apache-2.0
// Lattice ECP5's output register for both edges, for simulation and lint: synthesis has the chip's own.
`default_nettype none

module ODDRX1F (
    input  wire SCLK,
    input  wire RST,
    input  wire D0,  // while SCLK is high
    input  wire D1,  // while it is low
    output wire Q
);
    reg first_q = 1'b0, second_q = 1'b0;
    always @(posedge SCLK) begin
        first_q <= !RST && D0;
        second_q <= !RST && D1;
    end
    assign Q = SCLK ? first_q : second_q;
endmodule

`default_nettype wire
