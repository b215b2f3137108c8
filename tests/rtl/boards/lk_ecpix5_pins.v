// SPDX-License-Identifier: Apache-2.0
// The ECPIX-5 with the wires between chip and PHY: data go both ways on the same ones, as the PHY's dir says.
`default_nettype none

module lk_ecpix5_pins (
    input  wire       oscillator,
    input  wire       phy_clk,
    input  wire [7:0] ulpi_data_in,
    output wire [7:0] ulpi_data_out,
    input  wire       ulpi_dir,
    input  wire       ulpi_nxt,
    output wire       ulpi_stp,
    output wire       ulpi_reset,
    output wire [11:0] led
);
    wire [7:0] ulpi_data;
    assign ulpi_data = ulpi_dir ? ulpi_data_in : 8'bz;
    assign ulpi_data_out = ulpi_data;
    lk_board_ecpix5 #(
        .CBC(0), .BUILD(32'h600DB01D), .SERIAL(64'h0123456789ABCDEF), .PULSE_BITS(6), .BLINK_BITS(10), .SHOW_BITS(12)
    ) chip (
        .clk100(oscillator), .ulpi_clk(phy_clk), .ulpi_data(ulpi_data), .ulpi_dir(ulpi_dir), .ulpi_nxt(ulpi_nxt), .ulpi_stp(ulpi_stp),
        .ulpi_reset(ulpi_reset), .led_red(led[3:0]), .led_green(led[7:4]), .led_blue(led[11:8])
    );
endmodule

`default_nettype wire
