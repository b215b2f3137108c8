// SPDX-License-Identifier: Apache-2.0
// What stands around a block when it is placed and routed alone: its ports end in registers, which four pins reach as two
// shift registers. So no pin limits the clock, and a block may have more ports than the package has pins. The registers that
// take the outputs have no logic in front of them.
`default_nettype none

module lk_synth_scan #(
    parameter INPUTS = 2,   // of the block
    parameter OUTPUTS = 2
) (
    input  wire               clk,
    input  wire               scan_in,
    input  wire               capture,
    output wire               scan_out,
    output wire [INPUTS-1:0]  block_inputs,
    input  wire [OUTPUTS-1:0] block_outputs
);
    reg [INPUTS-1:0]  inputs_q = {INPUTS{1'b0}};
    reg [OUTPUTS-1:0] outputs_q = {OUTPUTS{1'b0}};
    reg [OUTPUTS-1:0] shift_q = {OUTPUTS{1'b0}};

    assign block_inputs = inputs_q;
    assign scan_out = shift_q[OUTPUTS-1];

    always @(posedge clk) begin
        inputs_q <= {inputs_q[INPUTS-2:0], scan_in};
        outputs_q <= block_outputs;
        shift_q <= capture ? outputs_q : {shift_q[OUTPUTS-2:0], 1'b0};
    end
endmodule

`default_nettype wire
