// SPDX-License-Identifier: Apache-2.0
// What a board shows of itself, four lights that mean the same on every board (docs/boards.md).
`default_nettype none

module lk_board_lights #(
    parameter BLINK_BITS = 25,  // half a period of the blinking is 2^BLINK_BITS cycles: 0.56 s at 60 MHz
    parameter SHOW_BITS = 21    // a command is seen for 2^SHOW_BITS cycles: 35 ms at 60 MHz
) (
    input  wire clk,
    input  wire reset,
    input  wire configured,
    input  wire keyed,
    input  wire working,
    input  wire failed,
    output wire usb_light,      // blinks while it waits for a host, then on
    output wire key_light,      // a slot holds a key
    output wire record_light,   // commands are in work, or were just now
    output wire fault_light
);
    reg [BLINK_BITS:0]   blink_q = {(BLINK_BITS + 1){1'b0}};
    reg [SHOW_BITS-1:0]  show_q = {SHOW_BITS{1'b0}};
    reg [3:0]            lights_q = 4'd0;
    always @(posedge clk) begin
        blink_q <= blink_q + 1'b1;
        show_q <= working ? {SHOW_BITS{1'b1}} : show_q == {SHOW_BITS{1'b0}} ? show_q : show_q - 1'b1;
        lights_q <= reset ? 4'd0 : {failed, show_q != {SHOW_BITS{1'b0}}, keyed, configured || blink_q[BLINK_BITS]};
    end
    assign {fault_light, record_light, key_light, usb_light} = lights_q;
endmodule

`default_nettype wire
