// SPDX-License-Identifier: Apache-2.0
// LambdaConcept ECPIX-5: LFE5UM5G-45F or 85F, a USB3300 behind the USB-C connector. The PHY makes the 60 MHz from its own crystal.
// Lights are the four RGB LEDs, which are on when driven low.
`default_nettype none

module lk_board_ecpix5 #(
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1,
    parameter [31:0] BUILD = 32'd1,
    parameter [63:0] SERIAL = 64'h0000000000000001,
    parameter PULSE_BITS = 14,     // of 100 MHz: 164 us
    parameter BLINK_BITS = 25,
    parameter SHOW_BITS = 21
) (
    input  wire       clk100,
    input  wire       ulpi_clk,
    inout  wire [7:0] ulpi_data,
    input  wire       ulpi_dir,
    input  wire       ulpi_nxt,
    output wire       ulpi_stp,
    output wire       ulpi_reset,
    output wire [3:0] led_red,
    output wire [3:0] led_green,
    output wire [3:0] led_blue
);
    wire reset, high_speed, configured, keyed, working, failed;
    lk_board_reset #(.PULSE_BITS(PULSE_BITS)) power_up (
        .oscillator(clk100), .clk(ulpi_clk), .phy_reset(ulpi_reset), .reset(reset)
    );

    wire [7:0] data_out;
    wire       data_oe;
    assign ulpi_data = data_oe ? data_out : 8'bz;
    /* verilator lint_off PINCONNECTEMPTY */ // the PHY's clock may stand still while it is in reset, so the oscillator's times it
    lk_board_ulpi #(.CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC), .BUILD(BUILD), .SERIAL(SERIAL)) board (
        .clk(ulpi_clk), .reset(reset), .ulpi_data_in(ulpi_data), .ulpi_data_out(data_out), .ulpi_data_oe(data_oe),
        .ulpi_dir(ulpi_dir), .ulpi_nxt(ulpi_nxt), .ulpi_stp(ulpi_stp), .ulpi_reset(),
        .high_speed(high_speed), .configured(configured), .keyed(keyed), .working(working), .failed(failed)
    );
    /* verilator lint_on PINCONNECTEMPTY */

    wire usb_light, key_light, record_light, fault_light;
    lk_board_lights #(.BLINK_BITS(BLINK_BITS), .SHOW_BITS(SHOW_BITS)) lights (
        .clk(ulpi_clk), .reset(reset), .configured(configured), .keyed(keyed), .working(working), .failed(failed),
        .usb_light(usb_light), .key_light(key_light), .record_light(record_light), .fault_light(fault_light)
    );
    // LD0 green, at full speed yellow; LD1 blue; LD2 white; LD3 red.
    assign led_red = ~{fault_light, record_light, 1'b0, usb_light && configured && !high_speed};
    assign led_green = ~{1'b0, record_light, 1'b0, usb_light};
    assign led_blue = ~{1'b0, record_light, key_light, 1'b0};
endmodule

`default_nettype wire
