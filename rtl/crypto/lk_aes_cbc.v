// SPDX-License-Identifier: Apache-2.0
// CBC (NIST SP 800-38A section 6.2) on an AES of outside: a message goes in as bytes, its IV in front, and comes out as bytes,
// without the IV. Whole blocks: padding is the business of who sends them.
//
// Three blocks are in work at a time: one comes in, AES has another, a third goes out. Encrypting, AES adds a block to the one
// that it has made before; the first is added to the IV on its way in. Decrypting, the ciphertext of the block before is added on
// the way out: it stands in a small memory, as the IV does.
//
// After a message, the last block of its ciphertext, which is the IV of the next one where IVs are chained, is at last_byte, a
// byte for each last_shift.
`default_nettype none

module lk_aes_cbc (
    input  wire         clk,
    input  wire         reset,         // also forgets what a key has made
    input  wire         start,         // pulse: a message begins
    input  wire         decrypt,       // held from start on
    input  wire [7:0]   in_data,
    input  wire         in_valid,      // a byte moves when valid and ready
    output wire         in_ready,      // from registers alone
    output wire [7:0]   out_data,
    output wire         out_valid,
    input  wire         out_ready,
    output wire [7:0]   last_byte,
    input  wire         last_shift,
    // AES: nobody else uses it from start until the last byte is out.
    output wire         aes_start,     // in the direction of the message
    output wire [127:0] aes_in,
    input  wire         aes_busy,
    input  wire [127:0] aes_out,
    output wire         aes_keep,      // as lk_aes_bytes says
    output wire         aes_next,
    input  wire [7:0]   aes_byte
);
    reg [127:0] in_d, in_q = 128'd0;
    reg [4:0]   in_count_d, in_count_q = 5'd0;
    reg [5:0]   in_index_d, in_index_q = 6'd0;        // of bytes, IV included
    reg         in_iv_d, in_iv_q = 1'b0;              // the IV comes in
    reg         first_d, first_q = 1'b0;              // the first block has not gone to AES
    reg         made_d, made_q = 1'b0;                // AES has a block that has not gone out, or makes it
    reg [4:0]   out_left_d, out_left_q = 5'd0;
    reg [5:0]   out_index_d, out_index_q = 6'd0;
    reg [7:0]   past[0:63];                           // IV; decrypting also ciphertext: three blocks are in work, and the one before

    wire       in_moves = in_valid && in_ready;
    wire       out_moves = out_valid && out_ready;
    wire       full = in_count_q == 5'd16;
    wire [5:0] past_index = decrypt ? out_index_q : {2'd0, in_index_q[3:0]};
    wire [7:0] past_byte = past[past_index];
    wire [7:0] added = !decrypt && first_q && !in_iv_q ? in_data ^ past_byte : in_data;

    // The block that AES has made goes out when the one before it is gone.
    wire       out_free = out_left_q == 5'd0 || (out_left_q == 5'd1 && out_moves);
    wire       taken = made_q && !aes_busy && out_free;
    assign aes_keep = taken;
    assign aes_next = out_moves;
    assign aes_start = full && !aes_busy && (!made_q || taken);
    assign aes_in = in_q ^ (decrypt || first_q ? 128'd0 : aes_out);

    assign in_ready = !full;
    assign out_data = decrypt ? aes_byte ^ past_byte : aes_byte;
    assign out_valid = out_left_q != 5'd0;
    assign last_byte = in_q[127:120];

    // Behind the last block that comes in, the blocks that go out pass through the same register, and the last of them stays.
    wire       keeps = !decrypt && out_moves && in_count_q == 5'd0;
    always @* begin
        in_d = in_moves || keeps || last_shift ? {in_q[119:0], keeps ? out_data : last_shift ? in_q[127:120] : added} : in_q;
        if (in_moves) in_d[7:0] = added;
        in_count_d = aes_start ? 5'd0 : in_count_q + {4'd0, in_moves && !in_iv_q};
        in_index_d = in_index_q + {5'd0, in_moves};
        in_iv_d = in_iv_q && !(in_moves && in_index_q[3:0] == 4'd15);
        first_d = first_q && !aes_start;
        made_d = (made_q && !taken) || aes_start;
        out_left_d = taken ? 5'd16 : out_left_q - {4'd0, out_moves};
        out_index_d = out_index_q + {5'd0, out_moves};
        if (reset || start) begin
            in_count_d = 5'd0;
            in_index_d = 6'd0;
            in_iv_d = 1'b1;
            first_d = 1'b1;
            made_d = 1'b0;
            out_left_d = 5'd0;
            out_index_d = 6'd0;
        end
        if (reset) in_d = 128'd0;
    end

    always @(posedge clk) begin
        in_q <= in_d;
        in_count_q <= in_count_d;
        in_index_q <= in_index_d;
        in_iv_q <= in_iv_d;
        first_q <= first_d;
        made_q <= made_d;
        out_left_q <= out_left_d;
        out_index_q <= out_index_d;
        if (in_moves && (decrypt || in_iv_q)) past[in_index_q] <= in_data;
    end
endmodule

`default_nettype wire
