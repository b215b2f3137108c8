// SPDX-License-Identifier: Apache-2.0
// The AES-128 key schedule (FIPS 197 section 5.2): a key comes in as four words, is expanded at one round key a cycle, and
// the round keys stand in LUT RAM for the cipher to read. Wiping writes zeros over all of them. Nothing else reads them.
`default_nettype none

module lk_aes_key_schedule (
    input  wire         clk,
    input  wire         reset,
    input  wire         word_valid,     // four of them make a key; expansion follows the fourth
    input  wire [31:0]  word,           // first byte of the key in [31:24]
    input  wire         wipe,           // pulse: zeros over the key and the round keys
    output wire         busy,           // round keys are not ready
    input  wire [3:0]   round,
    output wire [127:0] round_key       // of that round, in the same cycle
);
    localparam [3:0] LAST_ROUND = 4'd10, LAST_ADDRESS = 4'd15;

    reg [127:0] key_d, key_q = 128'd0;         // the round key to be written next
    reg [7:0]   constant_d, constant_q = 8'd0; // Rcon
    reg [1:0]   words_d, words_q = 2'd0;
    reg [3:0]   address_d, address_q = 4'd0;
    reg         writing_d, writing_q = 1'b0;
    reg         wiping_d, wiping_q = 1'b0;
    reg [127:0] memory[0:15];

    wire [31:0]  substituted;
    wire [31:0]  rotated = {key_q[23:0], key_q[31:24]};
    wire [31:0]  first = key_q[127:96] ^ substituted ^ {constant_q, 24'd0};
    wire [31:0]  second = key_q[95:64] ^ first;
    wire [31:0]  third = key_q[63:32] ^ second;
    wire [31:0]  fourth = key_q[31:0] ^ third;
    wire         finished = address_q == (wiping_q ? LAST_ADDRESS : LAST_ROUND);

    lk_aes_sbox #(.COUNT(4)) sub_word (.in(rotated), .out(substituted));

    assign busy = writing_q || words_q != 2'd0;
    assign round_key = memory[round];

    always @* begin
        key_d = key_q;
        constant_d = constant_q;
        words_d = words_q;
        address_d = address_q;
        writing_d = writing_q;
        wiping_d = wiping_q;
        if (writing_q) begin
            key_d = wiping_q ? 128'd0 : {first, second, third, fourth};
            constant_d = {constant_q[6:0], 1'b0} ^ (constant_q[7] ? 8'h1b : 8'h00);
            address_d = address_q + 4'd1;
            writing_d = !finished;
            wiping_d = wiping_q && !finished;
        end else if (word_valid) begin
            key_d = {key_q[95:0], word};
            words_d = words_q + 2'd1;
            constant_d = 8'h01;
            address_d = 4'd0;
            writing_d = words_q == 2'd3;
        end
        if (reset || wipe) begin
            key_d = 128'd0;
            words_d = 2'd0;
            address_d = 4'd0;
            writing_d = 1'b1;
            wiping_d = 1'b1;
        end
    end

    always @(posedge clk) begin
        key_q <= key_d;
        constant_q <= constant_d;
        words_q <= words_d;
        address_q <= address_d;
        writing_q <= writing_d;
        wiping_q <= wiping_d;
        if (writing_q) memory[address_q] <= key_q;
    end
endmodule

`default_nettype wire
