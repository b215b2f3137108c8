// SPDX-License-Identifier: Apache-2.0
// A block RAM: one write port, one read port, the word a cycle after its address.
`default_nettype none

module lk_usb_memory #(
    parameter WIDTH = 32,
    parameter ADDRESS_BITS = 9
) (
    input  wire                    clk,
    input  wire                    write,
    input  wire [ADDRESS_BITS-1:0] write_address,
    input  wire [WIDTH-1:0]        write_data,
    input  wire [ADDRESS_BITS-1:0] read_address,
    output wire [WIDTH-1:0]        read_data
);
    reg [WIDTH-1:0] words_q [0:(1<<ADDRESS_BITS)-1];
    reg [WIDTH-1:0] read_q;

    always @(posedge clk) begin
        if (write) words_q[write_address] <= write_data;
        read_q <= words_q[read_address];
    end
    assign read_data = read_q;
endmodule

`default_nettype wire
