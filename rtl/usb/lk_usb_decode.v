// SPDX-License-Identifier: Apache-2.0
// What a setup packet asks for (USB 2.0 clause 9.4, and the vendor requests of docs/protocol.md), or that it is refused. No state.
`default_nettype none
`include "lk_protocol.vh"

module lk_usb_decode (
    input  wire [63:0] setup,             // byte 0 in [7:0]
    input  wire        high_speed,
    input  wire        configured,
    input  wire        alternate,         // the alternate setting
    input  wire        out_halted,
    input  wire        in_halted,
    input  wire        descriptor_found,  // wValue names a descriptor
    input  wire [7:0]  descriptor_length,
    output reg         refused,           // all that follows is void
    output reg  [1:0]  answer,            // what the data stage gives: 0 nothing, 1 word, 2 the descriptor, 3 facts
    output reg  [15:0] word,
    output wire [15:0] length,            // bytes of the answer, never more than wLength
    output reg         set_address,
    output reg         set_configuration,
    output reg         set_interface,
    output reg         set_halt,          // of the endpoint in is_out, is_in
    output reg         clear_halt,
    output reg         set_test,          // the test mode in the high byte of wIndex
    output reg         erase,             // STREAM_RESET, SELFTEST
    output wire        selftest,          // SELFTEST
    output wire        is_out,            // wIndex names endpoint 1 OUT
    output wire        is_in
);
    // bmRequestType: direction, type, recipient (USB 2.0 table 9-2); bRequest (table 9-4)
    localparam [7:0] TO_DEVICE = 8'h00, TO_INTERFACE = 8'h01, TO_ENDPOINT = 8'h02;
    localparam [7:0] FROM_DEVICE = 8'h80, FROM_INTERFACE = 8'h81, FROM_ENDPOINT = 8'h82;
    localparam [7:0] VENDOR_TO_DEVICE = 8'h40, VENDOR_FROM_DEVICE = 8'hC0;
    localparam [7:0] GET_STATUS = 8'd0, CLEAR_FEATURE = 8'd1, SET_FEATURE = 8'd3, SET_ADDRESS = 8'd5, GET_DESCRIPTOR = 8'd6;
    localparam [7:0] GET_CONFIGURATION = 8'd8, SET_CONFIGURATION = 8'd9, GET_INTERFACE = 8'd10, SET_INTERFACE = 8'd11;
    localparam [15:0] ENDPOINT_HALT = 16'd0, TEST_MODE = 16'd2;
    localparam [15:0] MICROSOFT_SET = 16'd7; // wIndex of the Microsoft OS 2.0 descriptor set
    localparam [15:0] OUT = {8'h00, `LK_ENDPOINT_OUT}, IN = {8'h00, `LK_ENDPOINT_IN};
    localparam [1:0] WORD = 2'd1, DESCRIPTOR = 2'd2, FACTS = 2'd3;

    assign selftest = setup[7:0] == VENDOR_TO_DEVICE && setup[15:8] == `LK_REQUEST_SELFTEST;
    wire [15:0] value = setup[31:16];
    wire [15:0] index = setup[47:32];
    wire [15:0] asked = setup[63:48];
    wire no_value = value == 16'd0;
    wire no_index = index == 16'd0;
    wire no_data = asked == 16'd0;

    // Which endpoints there are depends on the state (clause 9.4.5). wIndex 0000h and 0080h are both endpoint zero.
    wire is_zero = (index & 16'hFF7F) == 16'd0;
    wire is_endpoint = is_zero || is_out || is_in;
    assign is_out = configured && index == OUT;
    assign is_in = configured && index == IN;

    reg [15:0] available;
    assign length = (asked < available) ? asked : available;

    always @* begin
        refused = 1'b0;
        answer = 2'd0;
        word = 16'd0;
        available = 16'd0;
        set_address = 1'b0;
        set_configuration = 1'b0;
        set_interface = 1'b0;
        set_halt = 1'b0;
        clear_halt = 1'b0;
        set_test = 1'b0;
        erase = 1'b0;
        case (setup[7:0])
            FROM_DEVICE: case (setup[15:8])
                GET_STATUS: begin // bus powered, no remote wake-up
                    refused = !no_value || !no_index;
                    answer = WORD;
                    available = 16'd2;
                end
                GET_DESCRIPTOR: begin
                    refused = !descriptor_found || no_value; // type 0 is for the vendor request alone
                    answer = DESCRIPTOR;
                    available = {8'd0, descriptor_length};
                end
                GET_CONFIGURATION: begin
                    refused = !no_value || !no_index;
                    answer = WORD;
                    word = {15'd0, configured};
                    available = 16'd1;
                end
                default: refused = 1'b1;
            endcase
            FROM_INTERFACE: begin
                refused = !no_value || !no_index || !configured;
                answer = WORD;
                case (setup[15:8])
                    GET_STATUS: available = 16'd2;
                    GET_INTERFACE: begin
                        word = {15'd0, alternate};
                        available = 16'd1;
                    end
                    default: refused = 1'b1;
                endcase
            end
            FROM_ENDPOINT: begin
                refused = setup[15:8] != GET_STATUS || !no_value || !is_endpoint;
                answer = WORD;
                word = {15'd0, (is_out && out_halted) || (is_in && in_halted)};
                available = 16'd2;
            end
            TO_DEVICE: begin
                refused = !no_index || !no_data;
                case (setup[15:8])
                    SET_ADDRESS: begin
                        refused = refused || value > 16'd127 || configured;
                        set_address = 1'b1;
                    end
                    SET_CONFIGURATION: begin
                        refused = refused || value > 16'd1;
                        set_configuration = 1'b1;
                    end
                    SET_FEATURE: begin // clause 9.4.9: 1 to 4; at full speed there are none
                        refused = value != TEST_MODE || !high_speed || !no_data || index[7:0] != 8'd0 ||
                                  index[15:8] == 8'd0 || index[15:8] > 8'd4;
                        set_test = 1'b1;
                    end
                    default: refused = 1'b1;
                endcase
            end
            TO_INTERFACE: begin
                refused = setup[15:8] != SET_INTERFACE || value > 16'd1 || !no_index || !no_data || !configured;
                set_interface = 1'b1;
            end
            TO_ENDPOINT: begin
                refused = (setup[15:8] != SET_FEATURE && setup[15:8] != CLEAR_FEATURE) || value != ENDPOINT_HALT || !is_endpoint || !no_data;
                set_halt = setup[15:8] == SET_FEATURE;
                clear_halt = setup[15:8] == CLEAR_FEATURE;
            end
            VENDOR_FROM_DEVICE: case (setup[15:8])
                `LK_REQUEST_READ_FACTS: begin
                    refused = !no_value || index > 16'd255;
                    answer = FACTS;
                    available = {5'd0, 9'd256 - {1'b0, index[7:0]}, 2'b00};
                end
                `LK_REQUEST_MICROSOFT_DESCRIPTORS: begin // wValue 0 makes lk_usb_descriptors give the set
                    refused = !no_value || index != MICROSOFT_SET;
                    answer = DESCRIPTOR;
                    available = {8'd0, descriptor_length};
                end
                default: refused = 1'b1;
            endcase
            VENDOR_TO_DEVICE: begin
                refused = (setup[15:8] != `LK_REQUEST_STREAM_RESET && !selftest) || !no_value || !no_index || !no_data;
                erase = 1'b1;
            end
            default: refused = 1'b1;
        endcase
    end
endmodule

`default_nettype wire
