// SPDX-License-Identifier: Apache-2.0
// Radiona ULX3S: LFE5U-12F, 25F, 45F or 85F, and a USB connector, US2, whose D+ and D- are pins of the FPGA. An oscillator makes
// 25 MHz, the PLL 48 of it, for everything. Lights are LEDs 0 to 3, which are on when driven high.
`default_nettype none

module lk_board_ulx3s #(
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1,
    parameter [31:0] BUILD = 32'd1,
    parameter [63:0] SERIAL = 64'h0000000000000001,
    parameter PULSE_BITS = 19,     // of 25 MHz: 21 ms; the PLL has locked after 15
    parameter BLINK_BITS = 25,
    parameter SHOW_BITS = 21
) (
    input  wire       clk_25mhz,
    inout  wire       usb_fpga_bd_dp,
    inout  wire       usb_fpga_bd_dn,
    output wire       usb_fpga_pu_dp,  // to D+ by 1.5 kOhm
    output wire       wifi_gpio0,
    output wire [7:0] led
);
    // 25 MHz / 5 = 5 MHz, which the feedback makes 120 MHz; 480 MHz inside, a tenth of it is the clock.
    wire clk, feedback;
    (* ICP_CURRENT = "12", LPF_RESISTOR = "8", MFG_ENABLE_FILTEROPAMP = "1", MFG_GMCREF_SEL = "2" *)
    EHXPLLL #(
        .CLKI_DIV(5), .CLKFB_DIV(24), .CLKOP_DIV(4), .CLKOS_DIV(10), .CLKOS_ENABLE("ENABLED"), .FEEDBK_PATH("CLKOP")
    ) pll (
        .CLKI(clk_25mhz), .CLKFB(feedback), .RST(1'b0), .STDBY(1'b0),
        .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b1), .PHASESTEP(1'b1), .PHASELOADREG(1'b1),
        .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0), .ENCLKOS(1'b0), .CLKOP(feedback), .CLKOS(clk)
    );

    wire reset;
    /* verilator lint_off PINCONNECTEMPTY */ // there is no PHY; the pulse is the PLL's time to lock
    lk_board_reset #(.PULSE_BITS(PULSE_BITS)) power_up (.oscillator(clk_25mhz), .clk(clk), .phy_reset(), .reset(reset));
    /* verilator lint_on PINCONNECTEMPTY */

    wire dp_out, dm_out, output_enable, pull_up, configured, keyed, working, failed;
    assign usb_fpga_bd_dp = output_enable ? dp_out : 1'bz;
    assign usb_fpga_bd_dn = output_enable ? dm_out : 1'bz;
    assign usb_fpga_pu_dp = pull_up ? 1'b1 : 1'bz;
    lk_board_full_speed #(.CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC), .BUILD(BUILD), .SERIAL(SERIAL)) board (
        .clk(clk), .reset(reset), .dp_in(usb_fpga_bd_dp), .dm_in(usb_fpga_bd_dn), .dp_out(dp_out), .dm_out(dm_out),
        .output_enable(output_enable), .pull_up(pull_up), .vbus(1'b1),
        .configured(configured), .keyed(keyed), .working(working), .failed(failed)
    );

    wire usb_light, key_light, record_light, fault_light;
    lk_board_lights #(.BLINK_BITS(BLINK_BITS), .SHOW_BITS(SHOW_BITS)) lights (
        .clk(clk), .reset(reset), .configured(configured), .keyed(keyed), .working(working), .failed(failed),
        .usb_light(usb_light), .key_light(key_light), .record_light(record_light), .fault_light(fault_light)
    );
    assign led = {4'd0, fault_light, record_light, key_light, usb_light};
    assign wifi_gpio0 = 1'b1;  // low, it would let the ESP32 load another bitstream
endmodule

`default_nettype wire
