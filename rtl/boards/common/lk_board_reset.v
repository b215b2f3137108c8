// SPDX-License-Identifier: Apache-2.0
// Power-up of a board: resets the PHY for a while, by a clock that runs without it, and then the logic, by the clock that the PHY
// gives or is given. That clock may stand still while the PHY is in reset. Both registers have their first values from the
// bitstream.
`default_nettype none

module lk_board_reset #(
    parameter PULSE_BITS = 14  // the PHY is in reset for 2^PULSE_BITS cycles
) (
    input  wire oscillator,
    input  wire clk,           // the PHY's
    output wire phy_reset,
    output wire reset          // at clk: for 16 cycles more
);
    reg [PULSE_BITS:0] pulse_q = {(PULSE_BITS + 1){1'b0}};  // its highest bit says that the pulse is over
    wire               over = pulse_q[PULSE_BITS];
    always @(posedge oscillator) if (!over) pulse_q <= pulse_q + 1'b1;
    assign phy_reset = !over;

    reg       over_first_q = 1'b0, over_q = 1'b0;
    reg [4:0] hold_q = 5'd0;
    always @(posedge clk) begin
        over_first_q <= over;
        over_q <= over_first_q;
        hold_q <= !over_q ? 5'd0 : hold_q[4] ? hold_q : hold_q + 5'd1;
    end
    assign reset = !hold_q[4];
endmodule

`default_nettype wire
