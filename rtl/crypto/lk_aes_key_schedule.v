// SPDX-License-Identifier: Apache-2.0
// The AES key schedule (FIPS 197 section 5.2) for keys of 128 and of 256 bits: a key comes in as four or eight words, is
// expanded at one round key a cycle, and the round keys stand in LUT RAM for the cipher to read. Wiping writes zeros over all
// of them. Nothing else reads them.
`default_nettype none

module lk_aes_key_schedule (
    input  wire         clk,
    input  wire         reset,
    input  wire         word_valid,     // expansion follows the last word; the cipher rests from the first of them until then
    input  wire [31:0]  word,           // first byte of the key in [31:24]
    input  wire         long_key,       // with the words: there are eight of them, not four
    input  wire         wipe,           // pulse: zeros over the key and the round keys
    output wire         busy,           // round keys are not ready
    output wire [3:0]   last_round,     // 10, or 14 for a long key
    input  wire [3:0]   round,
    output wire [127:0] round_key       // of that round, in the same cycle
);
    localparam [3:0] LAST_ROUND = 4'd10, LAST_ROUND_LONG = 4'd14, LAST_ADDRESS = 4'd15;

    reg [127:0] key_d, key_q = 128'd0;         // the round key to be written next
    reg [7:0]   constant_d, constant_q = 8'd0; // Rcon
    reg         long_d, long_q = 1'b0;
    reg [2:0]   words_d, words_q = 3'd0;       // that have come; 0 as well once all of them have
    reg [3:0]   address_d, address_q = 4'd0;
    reg         writing_d, writing_q = 1'b0;
    reg         wiping_d, wiping_q = 1'b0;
    reg [127:0] memory[0:15];

    // While round key i is written, round key i + 1 is made: of round key i, or with a long key of round keys i - 1, read back
    // from the memory, and i. A long key leaves rotation and Rcon out every other time.
    wire         expanding = writing_q && words_q == 3'd0;
    wire [3:0]   previous = address_q - 4'd1;
    wire [127:0] base = long_q ? round_key : key_q;
    wire         turns = !long_q || address_q[0];
    wire [31:0]  substituted;
    wire [31:0]  rotated = {substituted[23:0], substituted[31:24]};
    wire [31:0]  first = base[127:96] ^ (turns ? rotated ^ {constant_q, 24'd0} : substituted);
    wire [31:0]  second = base[95:64] ^ first;
    wire [31:0]  third = base[63:32] ^ second;
    wire [31:0]  fourth = base[31:0] ^ third;
    wire         finished = address_q == (wiping_q ? LAST_ADDRESS : last_round);

    lk_aes_sbox #(.COUNT(4)) sub_word (.in(key_q[31:0]), .out(substituted));

    assign busy = writing_q || words_q != 3'd0;
    assign last_round = long_q ? LAST_ROUND_LONG : LAST_ROUND;
    assign round_key = memory[writing_q ? previous : round];

    always @* begin
        key_d = key_q;
        constant_d = constant_q;
        long_d = long_q;
        words_d = words_q;
        address_d = address_q;
        writing_d = writing_q;
        wiping_d = wiping_q;
        if (writing_q) begin
            address_d = address_q + 4'd1;
            writing_d = expanding && !finished;
            wiping_d = wiping_q && !finished;
        end
        if (expanding) begin
            key_d = wiping_q ? 128'd0 : {first, second, third, fourth};
            if (turns) constant_d = {constant_q[6:0], 1'b0} ^ (constant_q[7] ? 8'h1b : 8'h00);
        end else if (word_valid) begin
            // The first half of a long key is written while the second begins to come.
            key_d = {key_q[95:0], word};
            constant_d = 8'h01;
            long_d = long_key;
            words_d = words_q == 3'd3 && !long_key ? 3'd0 : words_q + 3'd1;
            if (words_q == 3'd0) address_d = 4'd0;
            if (words_q[1:0] == 2'd3) writing_d = 1'b1;
        end
        if (reset || wipe) begin
            key_d = 128'd0;
            long_d = 1'b0;
            words_d = 3'd0;
            address_d = 4'd0;
            writing_d = 1'b1;
            wiping_d = 1'b1;
        end
    end

    always @(posedge clk) begin
        key_q <= key_d;
        constant_q <= constant_d;
        long_q <= long_d;
        words_q <= words_d;
        address_q <= address_d;
        writing_q <= writing_d;
        wiping_q <= wiping_d;
        if (writing_q) memory[address_q] <= key_q;
    end
endmodule

`default_nettype wire
