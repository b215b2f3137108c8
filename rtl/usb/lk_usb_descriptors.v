// SPDX-License-Identifier: Apache-2.0
// The descriptors of the device (USB 2.0 clause 9.6, BOS, Microsoft OS 2.0), and where each of them starts. The one place that knows
// them: the device at the ULPI pins and the direct board both read them here.
`default_nettype none
`include "lk_protocol.vh"

module lk_usb_descriptors #(
    parameter HIGH_SPEED = 1, // 0: full speed alone, so that there is nothing to say of another speed (USB 2.0 clause 9.6.2)
    parameter [63:0] SERIAL = 64'h0000000000000001 // shown as 16 hexadecimal digits
) (
    input  wire       clk,
    input  wire [7:0] kind,       // descriptor type (USB 2.0 table 9-5); 0: the Microsoft OS 2.0 descriptor set
    input  wire [7:0] index,      // descriptor index
    input  wire       high_speed, // the speed in use now
    output reg        found,
    output reg  [8:0] start,      // address of the first byte
    output reg  [7:0] length,     // bytes
    input  wire [8:0] address,
    output reg  [7:0] data        // one cycle later: the byte there; but byte 1 of each is the kind that was asked for
);
    localparam [7:0] DEVICE = 8'd1, CONFIGURATION = 8'd2, STRING = 8'd3, DEVICE_QUALIFIER = 8'd6, OTHER_SPEED = 8'd7, BOS = 8'd15;
    localparam [7:0] MICROSOFT = 8'd0; // no type of clause 9.6 has this number

    localparam [8:0] DEVICE_START = 9'd0;
    localparam [7:0] DEVICE_LENGTH = 8'd18;
    localparam [8:0] QUALIFIER_START = 9'd18;
    localparam [7:0] QUALIFIER_LENGTH = 8'd10;
    localparam [8:0] HIGH_START = 9'd28, FULL_START = 9'd83;
    localparam [7:0] CONFIGURATION_LENGTH = 8'd55;
    localparam [8:0] LANGUAGE_START = 9'd138;
    localparam [7:0] LANGUAGE_LENGTH = 8'd4;
    localparam [8:0] MANUFACTURER_START = 9'd142;
    localparam [7:0] MANUFACTURER_LENGTH = 8'd18;
    localparam [8:0] PRODUCT_START = 9'd160;
    localparam [7:0] PRODUCT_LENGTH = 8'd46;
    localparam [8:0] SERIAL_START = 9'd206;
    localparam [7:0] SERIAL_LENGTH = 8'd34;
    localparam [8:0] BOS_START = 9'd240;
    localparam [7:0] BOS_LENGTH = 8'd33;
    localparam [8:0] MICROSOFT_START = 9'd273;
    localparam [7:0] MICROSOFT_LENGTH = 8'd162;
    localparam BYTES = 435;

    localparam [15:0] VENDOR = `LK_VENDOR_ID, PRODUCT = `LK_PRODUCT_ID;
    localparam [7:0] ENDPOINT_OUT = `LK_ENDPOINT_OUT, ENDPOINT_IN = `LK_ENDPOINT_IN;

    // One hexadecimal digit of the serial number in UTF-16, low byte first.
    function [15:0] digit(input [3:0] nibble);
        digit = {(nibble < 4'd10) ? 8'h30 + {4'd0, nibble} : 8'h37 + {4'd0, nibble}, 8'h00};
    endfunction

    // Text in UTF-16, low byte first; shorter ones stand at the end.
    localparam WIDE = 40;
    function [16*WIDE-1:0] wide(input [8*WIDE-1:0] text);
        integer letter;
        for (letter = 0; letter < WIDE; letter = letter + 1) wide[16*letter +: 16] = {text[8*letter +: 8], 8'h00};
    endfunction

    // The property that Windows keeps for WinUSB devices, with the one interface GUID that programs find boards by.
    localparam PROPERTY = 21;
    localparam [8*WIDE-1:0] PROPERTY_TEXT = {152'd0, "DeviceInterfaceGUIDs", 8'h00};
    localparam [16*WIDE-1:0] PROPERTY_WIDE = wide(PROPERTY_TEXT);
    localparam [8*WIDE-1:0] INTERFACE_TEXT = {"{C7CF3743-13CF-417A-AB11-5991FF81F2DE}", 16'h0000};
    localparam [16*WIDE-1:0] INTERFACE_WIDE = wide(INTERFACE_TEXT);

    localparam [8*CONFIGURATION_LENGTH-1:0] CONFIGURATION_HEAD = {
        // configuration: 55 bytes in all, 1 interface, value 1, no string, bus powered, 500 mA
        8'd9, CONFIGURATION, CONFIGURATION_LENGTH, 8'd0, 8'd1, 8'd1, 8'd0, 8'h80, 8'd250,
        // interface 0, alternate setting 0, 2 endpoints, class FFh (vendor)
        8'd9, 8'd4, 8'd0, 8'd0, 8'd2, 8'hFF, 8'h00, 8'h00, 8'd2,
        // two bulk endpoints; wMaxPacketSize is put in below
        8'd7, 8'd5, ENDPOINT_OUT, 8'd2, 16'h0000, 8'd0,
        8'd7, 8'd5, ENDPOINT_IN, 8'd2, 16'h0000, 8'd0,
        // the same in alternate setting 1: a sink and a source of bytes, for tests of the bus
        8'd9, 8'd4, 8'd0, 8'd1, 8'd2, 8'hFF, 8'h00, 8'h01, 8'd0,
        8'd7, 8'd5, ENDPOINT_OUT, 8'd2, 16'h0000, 8'd0,
        8'd7, 8'd5, ENDPOINT_IN, 8'd2, 16'h0000, 8'd0};
    // 512 bytes (0200h) and 64 bytes (0040h) at each wMaxPacketSize, low byte first:
    // 1 and 8 bytes from the end, and 23 bytes before these
    localparam [8*CONFIGURATION_LENGTH-1:0] EACH = (440'd1 << 8) | (440'd1 << 64) | (440'd1 << 192) | (440'd1 << 248);
    localparam [8*CONFIGURATION_LENGTH-1:0] CONFIGURATION_HIGH = CONFIGURATION_HEAD | (EACH * 440'h0002);
    localparam [8*CONFIGURATION_LENGTH-1:0] CONFIGURATION_FULL = CONFIGURATION_HEAD | (EACH * 440'h4000);

    localparam [7:0] MICROSOFT_REQUEST = `LK_REQUEST_MICROSOFT_DESCRIPTORS;
    localparam [8*BYTES-1:0] ROM = {
        // device: USB 2.01 (it has a BOS), class by interface, 64-byte EP0, release 1.00, strings 1, 2, 3, one configuration
        8'd18, DEVICE, 8'h01, 8'h02, 8'h00, 8'h00, 8'h00, 8'd64, VENDOR[7:0], VENDOR[15:8], PRODUCT[7:0], PRODUCT[15:8],
        8'h00, 8'h01, 8'd1, 8'd2, 8'd3, 8'd1,
        // device qualifier: the same at the other speed
        8'd10, DEVICE_QUALIFIER, 8'h01, 8'h02, 8'h00, 8'h00, 8'h00, 8'd64, 8'd1, 8'd0,
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
        digit(SERIAL[15:12]), digit(SERIAL[11:8]), digit(SERIAL[7:4]), digit(SERIAL[3:0]),
        // BOS with one platform capability: Microsoft OS 2.0, from Windows 8.1 on, by this vendor request
        8'd5, BOS, BOS_LENGTH, 8'd0, 8'd1,
        8'd28, 8'h10, 8'h05, 8'h00, 128'hDF60DDD88945C74C9CD2659D9E648A9F, 32'h00000306, MICROSOFT_LENGTH, 8'd0,
        MICROSOFT_REQUEST, 8'h00,
        // Microsoft OS 2.0 descriptor set: header, compatible id, registry property (a list of texts)
        16'h0A00, 16'h0000, 32'h00000306, MICROSOFT_LENGTH, 8'd0,
        16'h1400, 16'h0300, "WINUSB", 16'h0000, 64'd0,
        16'h8400, 16'h0400, 16'h0700, 16'h2A00, PROPERTY_WIDE[16*PROPERTY-1:0], 16'h5000, INTERFACE_WIDE};

    // One block of memory, filled before the start.
    reg [7:0] memory [0:511];
    integer place;
    initial for (place = 0; place < 512; place = place + 1)
        memory[place] = (place < BYTES) ? ROM[8*((place < BYTES) ? BYTES - 1 - place : 0) +: 8] : 8'h00;
    always @(posedge clk) data <= memory[address];

    always @* begin
        found = 1'b1;
        start = DEVICE_START;
        length = DEVICE_LENGTH;
        case ({kind, index})
            {DEVICE, 8'd0}: ;
            {DEVICE_QUALIFIER, 8'd0}: begin found = HIGH_SPEED != 0; start = QUALIFIER_START; length = QUALIFIER_LENGTH; end
            {CONFIGURATION, 8'd0}: begin start = high_speed ? HIGH_START : FULL_START; length = CONFIGURATION_LENGTH; end
            {OTHER_SPEED, 8'd0}: begin found = HIGH_SPEED != 0; start = high_speed ? FULL_START : HIGH_START; length = CONFIGURATION_LENGTH; end
            {BOS, 8'd0}: begin start = BOS_START; length = BOS_LENGTH; end
            {MICROSOFT, 8'd0}: begin start = MICROSOFT_START; length = MICROSOFT_LENGTH; end
            {STRING, 8'd0}: begin start = LANGUAGE_START; length = LANGUAGE_LENGTH; end
            {STRING, 8'd1}: begin start = MANUFACTURER_START; length = MANUFACTURER_LENGTH; end
            {STRING, 8'd2}: begin start = PRODUCT_START; length = PRODUCT_LENGTH; end
            {STRING, 8'd3}: begin start = SERIAL_START; length = SERIAL_LENGTH; end
            default: found = 1'b0;
        endcase
    end
endmodule

`default_nettype wire
