// SPDX-License-Identifier: Apache-2.0
// One byte of the data CRC (USB 2.0 clause 8.3.5.2: x^16 + x^15 + x^2 + 1), bits in the order of the wire: lowest first.
`default_nettype none

module lk_usb_crc16 (
    input  wire [15:0] crc,
    input  wire [7:0]  data,
    output reg  [15:0] next
);
    integer i;
    always @* begin
        next = crc;
        for (i = 0; i < 8; i = i + 1)
            next = {1'b0, next[15:1]} ^ ((next[0] ^ data[i]) ? 16'hA001 : 16'h0000);
    end
endmodule

`default_nettype wire
