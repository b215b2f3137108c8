// SPDX-License-Identifier: Apache-2.0
// A block that AES has made, to be taken byte by byte: keystream, or what CBC sends.
`default_nettype none

module lk_aes_bytes (
    input  wire         clk,
    input  wire         reset,  // zeros
    input  wire         keep,   // takes the block; before next
    input  wire [127:0] block,  // first byte in [127:120]
    input  wire         next,   // the byte has been taken
    output wire [7:0]   first   // of the bytes that are left
);
    reg [127:0] bytes_d, bytes_q = 128'd0;

    assign first = bytes_q[127:120];

    always @* begin
        bytes_d = keep ? block : next ? {bytes_q[119:0], 8'd0} : bytes_q;
        if (reset) bytes_d = 128'd0;
    end

    always @(posedge clk) bytes_q <= bytes_d;
endmodule

`default_nettype wire
