// SPDX-License-Identifier: Apache-2.0
// The descriptors of the device (USB 2.0 clause 9.6), and where each of them starts. The one place that knows them: the device at
// the ULPI pins and the direct board both read them here.
`default_nettype none
`include "lk_protocol.vh"

module lk_usb_descriptors #(
    parameter [63:0] SERIAL = 64'h0000000000000001 // shown as 16 hexadecimal digits
) (
    input  wire [7:0] kind,       // descriptor type (USB 2.0 table 9-5)
    input  wire [7:0] index,      // descriptor index
    input  wire       high_speed, // the speed in use now
    output reg        found,
    output reg  [7:0] start,      // address of the first byte
    output reg  [7:0] length,     // bytes
    input  wire [7:0] address,
    output wire [7:0] data        // the byte there; byte 1 of each descriptor is the type that was asked for, not what is here
);
    localparam [7:0] DEVICE = 8'd1, CONFIGURATION = 8'd2, STRING = 8'd3, DEVICE_QUALIFIER = 8'd6, OTHER_SPEED = 8'd7;

    localparam [7:0] DEVICE_START = 8'd0, DEVICE_LENGTH = 8'd18;
    localparam [7:0] QUALIFIER_START = 8'd18, QUALIFIER_LENGTH = 8'd10;
    localparam [7:0] HIGH_START = 8'd28, FULL_START = 8'd60, CONFIGURATION_LENGTH = 8'd32;
    localparam [7:0] LANGUAGE_START = 8'd92, LANGUAGE_LENGTH = 8'd4;
    localparam [7:0] MANUFACTURER_START = 8'd96, MANUFACTURER_LENGTH = 8'd18;
    localparam [7:0] PRODUCT_START = 8'd114, PRODUCT_LENGTH = 8'd46;
    localparam [7:0] SERIAL_START = 8'd160, SERIAL_LENGTH = 8'd34;
    localparam BYTES = 194;

    localparam [15:0] VENDOR = `LK_VENDOR_ID, PRODUCT = `LK_PRODUCT_ID;
    localparam [7:0] ENDPOINT_OUT = `LK_ENDPOINT_OUT, ENDPOINT_IN = `LK_ENDPOINT_IN;

    // One hexadecimal digit of the serial number in UTF-16, low byte first.
    function [15:0] digit(input [3:0] nibble);
        digit = {(nibble < 4'd10) ? 8'h30 + {4'd0, nibble} : 8'h37 + {4'd0, nibble}, 8'h00};
    endfunction

    localparam [8*CONFIGURATION_LENGTH-1:0] CONFIGURATION_HEAD = {
        // configuration: 32 bytes in all, 1 interface, value 1, no string, bus powered, 500 mA
        8'd9, CONFIGURATION, 8'd32, 8'd0, 8'd1, 8'd1, 8'd0, 8'h80, 8'd250,
        // interface 0, alternate setting 0, 2 endpoints, class FFh (vendor)
        8'd9, 8'd4, 8'd0, 8'd0, 8'd2, 8'hFF, 8'h00, 8'h00, 8'd2,
        // two bulk endpoints; wMaxPacketSize is put in below
        8'd7, 8'd5, ENDPOINT_OUT, 8'd2, 16'h0000, 8'd0,
        8'd7, 8'd5, ENDPOINT_IN, 8'd2, 16'h0000, 8'd0};
    // 512 bytes (0200h) and 64 bytes (0040h), at the two wMaxPacketSize, low byte first
    localparam [8*CONFIGURATION_LENGTH-1:0] CONFIGURATION_HIGH = CONFIGURATION_HEAD | (256'h0002 << 64) | (256'h0002 << 8);
    localparam [8*CONFIGURATION_LENGTH-1:0] CONFIGURATION_FULL = CONFIGURATION_HEAD | (256'h4000 << 64) | (256'h4000 << 8);

    localparam [8*BYTES-1:0] ROM = {
        // device: USB 2.0, class by interface, 64-byte EP0, release 1.00, strings 1, 2, 3, one configuration
        8'd18, DEVICE, 8'h00, 8'h02, 8'h00, 8'h00, 8'h00, 8'd64, VENDOR[7:0], VENDOR[15:8], PRODUCT[7:0], PRODUCT[15:8],
        8'h00, 8'h01, 8'd1, 8'd2, 8'd3, 8'd1,
        // device qualifier: the same at the other speed
        8'd10, DEVICE_QUALIFIER, 8'h00, 8'h02, 8'h00, 8'h00, 8'h00, 8'd64, 8'd1, 8'd0,
        CONFIGURATION_HIGH, CONFIGURATION_FULL,
        // languages: English (United States)
        8'd4, STRING, 8'h09, 8'h04,
        8'd18, STRING, "L", 8'd0, "a", 8'd0, "t", 8'd0, "c", 8'd0, "h", 8'd0, "k", 8'd0, "e", 8'd0, "y", 8'd0,
        8'd46, STRING, "L", 8'd0, "a", 8'd0, "t", 8'd0, "c", 8'd0, "h", 8'd0, "k", 8'd0, "e", 8'd0, "y", 8'd0, " ", 8'd0,
        "r", 8'd0, "e", 8'd0, "c", 8'd0, "o", 8'd0, "r", 8'd0, "d", 8'd0, " ", 8'd0,
        "e", 8'd0, "n", 8'd0, "g", 8'd0, "i", 8'd0, "n", 8'd0, "e", 8'd0,
        8'd34, STRING, digit(SERIAL[63:60]), digit(SERIAL[59:56]), digit(SERIAL[55:52]), digit(SERIAL[51:48]),
        digit(SERIAL[47:44]), digit(SERIAL[43:40]), digit(SERIAL[39:36]), digit(SERIAL[35:32]),
        digit(SERIAL[31:28]), digit(SERIAL[27:24]), digit(SERIAL[23:20]), digit(SERIAL[19:16]),
        digit(SERIAL[15:12]), digit(SERIAL[11:8]), digit(SERIAL[7:4]), digit(SERIAL[3:0])};

    wire [7:0] from_end = (address < BYTES[7:0]) ? BYTES[7:0] - 8'd1 - address : 8'd0;
    assign data = ROM[{from_end, 3'b000} +: 8];

    always @* begin
        found = 1'b1;
        start = DEVICE_START;
        length = DEVICE_LENGTH;
        case ({kind, index})
            {DEVICE, 8'd0}: ;
            {DEVICE_QUALIFIER, 8'd0}: begin start = QUALIFIER_START; length = QUALIFIER_LENGTH; end
            {CONFIGURATION, 8'd0}: begin start = high_speed ? HIGH_START : FULL_START; length = CONFIGURATION_LENGTH; end
            {OTHER_SPEED, 8'd0}: begin start = high_speed ? FULL_START : HIGH_START; length = CONFIGURATION_LENGTH; end
            {STRING, 8'd0}: begin start = LANGUAGE_START; length = LANGUAGE_LENGTH; end
            {STRING, 8'd1}: begin start = MANUFACTURER_START; length = MANUFACTURER_LENGTH; end
            {STRING, 8'd2}: begin start = PRODUCT_START; length = PRODUCT_LENGTH; end
            {STRING, 8'd3}: begin start = SERIAL_START; length = SERIAL_LENGTH; end
            default: found = 1'b0;
        endcase
    end
endmodule

`default_nettype wire
