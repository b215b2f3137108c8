// SPDX-License-Identifier: Apache-2.0
// Great Scott Gadgets Cynthion r1.4: LFE5U-12F, and a USB3343 behind the connector AUX. An oscillator makes 60 MHz for the chip, and
// the chip hands them on to the PHY. Lights are LEDs 0 to 3, which are on when driven low.
`default_nettype none

module lk_board_cynthion #(
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1,
    parameter [31:0] BUILD = 32'd1,
    parameter [63:0] SERIAL = 64'h0000000000000001,
    parameter PULSE_BITS = 14,     // of 60 MHz: 273 us
    parameter BLINK_BITS = 25,
    parameter SHOW_BITS = 21
) (
    input  wire       clk60,
    output wire       ulpi_clk,
    inout  wire [7:0] ulpi_data,
    input  wire       ulpi_dir,
    input  wire       ulpi_nxt,
    output wire       ulpi_stp,
    output wire       ulpi_reset_n,
    output wire [5:0] led
);
    // The clock leaves by an output register as the data do, so that the PHY's edge is just before the data change.
    ODDRX1F clock_out (.SCLK(clk60), .RST(1'b0), .D0(1'b1), .D1(1'b0), .Q(ulpi_clk));

    wire reset, phy_reset, configured, keyed, working, failed;
    assign ulpi_reset_n = !phy_reset;
    lk_board_reset #(.PULSE_BITS(PULSE_BITS)) power_up (.oscillator(clk60), .clk(clk60), .phy_reset(phy_reset), .reset(reset));

    wire [7:0] data_out;
    wire       data_oe;
    assign ulpi_data = data_oe ? data_out : 8'bz;
    /* verilator lint_off PINCONNECTEMPTY */ // the PHY is reset above, and the lights do not tell the speed
    lk_board_ulpi #(
        .CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC), .BUILD(BUILD), .SERIAL(SERIAL), .VENDOR_REGISTER(6'h39), .VENDOR_VALUE(8'h06)
    ) board (
        .clk(clk60), .reset(reset), .ulpi_data_in(ulpi_data), .ulpi_data_out(data_out), .ulpi_data_oe(data_oe),
        .ulpi_dir(ulpi_dir), .ulpi_nxt(ulpi_nxt), .ulpi_stp(ulpi_stp), .ulpi_reset(),
        .high_speed(), .configured(configured), .keyed(keyed), .working(working), .failed(failed)
    );
    /* verilator lint_on PINCONNECTEMPTY */

    wire usb_light, key_light, record_light, fault_light;
    lk_board_lights #(.BLINK_BITS(BLINK_BITS), .SHOW_BITS(SHOW_BITS)) lights (
        .clk(clk60), .reset(reset), .configured(configured), .keyed(keyed), .working(working), .failed(failed),
        .usb_light(usb_light), .key_light(key_light), .record_light(record_light), .fault_light(fault_light)
    );
    assign led = ~{2'b00, fault_light, record_light, key_light, usb_light};
endmodule

`default_nettype wire
