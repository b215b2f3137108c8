// SPDX-License-Identifier: Apache-2.0
// The AES key schedule (FIPS 197 section 5.2) for keys of 128 and of 256 bits: a key comes in as four or eight words, is
// expanded at one round key a cycle, and the round keys stand in LUT RAM for the cipher to read. Wiping writes zeros over all
// of them. Nothing else reads them. SubWord is done by the S-boxes of the cipher, which rests meanwhile.
`default_nettype none

module lk_aes_key_schedule (
    input  wire         clk,
    input  wire         reset,
    input  wire         word_valid,     // expansion follows the last word; the cipher rests from the first of them until then
    input  wire [31:0]  word,           // first byte of the key in [31:24]
    input  wire         long_key,       // with the words: there are eight of them, not four
    input  wire         wipe,           // pulse: zeros over the key and the round keys
    output wire         busy,           // round keys are not ready
    output wire [31:0]  unsubstituted,  // a word for the S-boxes
    input  wire [31:0]  substituted,    // what they make of it, a cycle later
    output wire [3:0]   last_round,     // 10, or 14 for a long key
    input  wire [3:0]   round,
    output wire [127:0] round_key       // of that round, in the same cycle
);
    localparam [3:0] LAST_ROUND = 4'd10, LAST_ROUND_LONG = 4'd14, LAST_ADDRESS = 4'd15;

    reg [7:0]  constant_d, constant_q = 8'd0; // Rcon
    reg        long_d, long_q = 1'b0;
    reg [2:0]  words_d, words_q = 3'd0;       // that have come; 0 as well once all of them have
    reg [3:0]  address_d, address_q = 4'd0;   // of the round key that is made
    reg        expanding_d, expanding_q = 1'b0;
    reg        wiping_d, wiping_q = 1'b0;

    // Round key i is made of round key i - 1, or with a long key of i - 2 and the last word of i - 1. A long key leaves rotation
    // and Rcon out every other time. While words come there is no round key to add to: each goes into the four banks' data.
    wire         turns = !long_q || !address_q[0];
    wire [31:0]  rotated = {substituted[23:0], substituted[31:24]};
    wire [31:0]  temporary = turns ? rotated ^ {constant_q, 24'd0} : substituted;
    wire [127:0] base = expanding_q ? round_key : 128'd0;
    wire [31:0]  first = expanding_q ? base[127:96] ^ temporary : wiping_q ? 32'd0 : word;
    wire [31:0]  second = base[95:64] ^ first;
    wire [31:0]  third = base[63:32] ^ second;
    wire [31:0]  fourth = base[31:0] ^ third;
    wire [127:0] made = {first, second, third, fourth};
    wire         last_word = word_valid && words_q == (long_key ? 3'd7 : 3'd3);

    assign busy = expanding_q || wiping_q || words_q != 3'd0;
    assign unsubstituted = expanding_q ? fourth : word;  // made last, or come last
    assign last_round = long_q ? LAST_ROUND_LONG : LAST_ROUND;

    // One bank for each word of a round key.
    wire [3:0] write_address = expanding_q || wiping_q ? address_q : {3'd0, words_q[2]};
    wire [3:0] read_address = expanding_q ? address_q - (long_q ? 4'd2 : 4'd1) : round;
    genvar i;
    generate
        for (i = 0; i < 4; i = i + 1) begin : bank
            reg [31:0] memory[0:15];
            wire       write = expanding_q || wiping_q || (word_valid && words_q[1:0] == i);
            assign round_key[127-32*i-:32] = memory[read_address];
            always @(posedge clk) if (write) memory[write_address] <= made[127-32*i-:32];
        end
    endgenerate

    always @* begin
        constant_d = constant_q;
        long_d = long_q;
        words_d = words_q;
        address_d = address_q;
        expanding_d = expanding_q;
        wiping_d = wiping_q;
        if (expanding_q || wiping_q) begin
            if (turns) constant_d = {constant_q[6:0], 1'b0} ^ (constant_q[7] ? 8'h1b : 8'h00);
            address_d = address_q + 4'd1;
            expanding_d = expanding_q && address_q != last_round;
            wiping_d = wiping_q && address_q != LAST_ADDRESS;
        end else if (word_valid) begin
            constant_d = 8'h01;
            long_d = long_key;
            words_d = last_word ? 3'd0 : words_q + 3'd1;
            address_d = long_key ? 4'd2 : 4'd1;
            expanding_d = last_word;
        end
        if (reset || wipe) begin
            long_d = 1'b0;
            words_d = 3'd0;
            address_d = 4'd0;
            expanding_d = 1'b0;
            wiping_d = 1'b1;
        end
    end

    always @(posedge clk) begin
        constant_q <= constant_d;
        long_q <= long_d;
        words_q <= words_d;
        address_q <= address_d;
        expanding_q <= expanding_d;
        wiping_q <= wiping_d;
    end
endmodule

`default_nettype wire
