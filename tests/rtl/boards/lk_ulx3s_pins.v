// SPDX-License-Identifier: Apache-2.0
// The ULX3S with the wires of its connector US2: whoever drives D+ and D- does so on the same ones. The PLL of simulations hands its
// input on, so the oscillator's clock is the 48 MHz here.
`default_nettype none

module lk_ulx3s_pins (
    input  wire       oscillator,
    input  wire       dp_in,
    input  wire       dm_in,
    output wire       dp_out,
    output wire       dm_out,
    output wire       output_enable,
    output wire       pull_up,
    output wire [7:0] led
);
    wire dp, dm;
    assign output_enable = chip.output_enable;
    assign dp = output_enable ? 1'bz : dp_in;
    assign dm = output_enable ? 1'bz : dm_in;
    assign dp_out = dp;
    assign dm_out = dm;
    /* verilator lint_off PINCONNECTEMPTY */ // the ESP32 is no part of this
    lk_board_ulx3s #(
        .CBC(0), .BUILD(32'h600DB01D), .SERIAL(64'h0123456789ABCDEF), .PULSE_BITS(6), .BLINK_BITS(10), .SHOW_BITS(14)
    ) chip (
        .clk_25mhz(oscillator), .usb_fpga_bd_dp(dp), .usb_fpga_bd_dn(dm), .usb_fpga_pu_dp(pull_up), .wifi_gpio0(), .led(led)
    );
    /* verilator lint_on PINCONNECTEMPTY */
endmodule

`default_nettype wire
