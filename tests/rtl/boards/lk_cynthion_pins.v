// SPDX-License-Identifier: Apache-2.0
// Cynthion with the wires between chip and PHY: data go both ways on the same ones, as the PHY's dir says.
`default_nettype none

module lk_cynthion_pins (
    input  wire       oscillator,
    output wire       phy_clk,
    input  wire [7:0] ulpi_data_in,
    output wire [7:0] ulpi_data_out,
    input  wire       ulpi_dir,
    input  wire       ulpi_nxt,
    output wire       ulpi_stp,
    output wire       ulpi_reset_n,
    output wire [5:0] led
);
    wire [7:0] ulpi_data;
    assign ulpi_data = ulpi_dir ? ulpi_data_in : 8'bz;
    assign ulpi_data_out = ulpi_data;
    lk_board_cynthion #(
        .CBC(0), .BUILD(32'h600DB01D), .SERIAL(64'h0123456789ABCDEF), .PULSE_BITS(6), .BLINK_BITS(10), .SHOW_BITS(12)
    ) chip (
        .clk60(oscillator), .ulpi_clk(phy_clk), .ulpi_data(ulpi_data), .ulpi_dir(ulpi_dir), .ulpi_nxt(ulpi_nxt), .ulpi_stp(ulpi_stp),
        .ulpi_reset_n(ulpi_reset_n), .led(led)
    );
endmodule

`default_nettype wire
