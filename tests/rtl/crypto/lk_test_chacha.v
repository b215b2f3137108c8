// SPDX-License-Identifier: Apache-2.0
// ChaCha20, Poly1305, the two joined, and these beside AES-GCM: side by side for their tests.
`default_nettype none

module lk_test_chacha (
    input  wire         clk,
    input  wire         reset,
    // ChaCha20 alone, and in the AEAD: one key for both.
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,
    input  wire         key_wipe,
    output wire         key_busy,
    input  wire         chacha_start,
    input  wire [95:0]  nonce,
    input  wire [15:0]  next_nonce,
    input  wire [9:0]   blocks,
    output wire         word_valid,
    output wire [31:0]  word,
    input  wire         word_taken,
    input  wire         block_taken,
    output wire         leftover,       // a bit is set in a memory of the one or the other, or in Poly1305's numbers
    // lk_aead, which has a key or none.
    input  wire         pair_chacha,
    input  wire         pair_lend,
    input  wire         pair_word_valid,
    output wire         pair_busy,
    output wire         aes_leftover,   // a bit is set in the round keys,
    output wire         gcm_leftover,   // in the hash key, its square or the keystream
    output wire         chacha_leftover,
    // Poly1305 alone.
    input  wire         poly_word_valid,
    input  wire [31:0]  poly_word,
    input  wire [128:0] block,
    input  wire         block_last,
    input  wire         block_valid,
    output wire         block_ready,
    output wire         poly_tag_valid,
    output wire [127:0] poly_tag,
    // The AEAD.
    input  wire         start,
    input  wire         decrypt,
    input  wire [127:0] aad,
    input  wire [3:0]   aad_bytes,
    input  wire [14:0]  data_bytes,
    input  wire [7:0]   data_in,
    input  wire         data_valid,
    output wire         data_ready,
    output wire [7:0]   data_out,
    output wire         data_last,
    output wire         data_done,
    output wire         tag_valid,
    output wire [127:0] tag
);
    wire chacha_busy, aead_busy;
    assign key_busy = chacha_busy || aead_busy;

    lk_chacha20 chacha (
        .clk(clk), .reset(reset), .key_word_valid(key_word_valid), .key_word(key_word), .key_wipe(key_wipe),
        .key_busy(chacha_busy), .start(chacha_start), .nonce(nonce), .next_nonce(next_nonce), .blocks(blocks),
        .word_valid(word_valid), .word(word), .word_taken(word_taken), .block_taken(block_taken));

    lk_poly1305 poly (
        .clk(clk), .reset(reset), .key_word_valid(poly_word_valid), .key_word(poly_word), .block(block),
        .block_last(block_last), .block_valid(block_valid), .block_ready(block_ready), .tag_valid(poly_tag_valid),
        .tag(poly_tag));

    lk_chacha20_poly1305 aead (
        .clk(clk), .reset(reset), .key_word_valid(key_word_valid), .key_word(key_word), .key_wipe(key_wipe),
        .key_busy(aead_busy), .start(start), .decrypt(decrypt), .nonce(nonce), .next_nonce(next_nonce), .aad(aad),
        .aad_bytes(aad_bytes), .data_bytes(data_bytes), .data_in(data_in), .data_valid(data_valid), .data_ready(data_ready),
        .data_out(data_out), .data_last(data_last), .data_done(data_done), .tag_valid(tag_valid), .tag(tag));

    wire         pair_ready, pair_last, pair_done, pair_tag_valid;
    wire [7:0]   pair_out, lent_byte;
    wire [127:0] pair_tag;
    wire         lent_busy;
    wire [127:0] lent_out;
    lk_aead pair (
        .clk(clk), .reset(reset), .chacha20_poly1305(pair_chacha), .key_word_valid(pair_word_valid), .key_word(key_word),
        .key_long(1'b1), .lend(pair_lend), .key_wipe(key_wipe), .key_busy(pair_busy), .start(1'b0), .decrypt(1'b0), .nonce(96'd0),
        .next_nonce(16'd0), .aad(128'd0),
        .aad_bytes(4'd0), .data_bytes(15'd0), .data_in(8'd0), .data_valid(1'b0), .data_ready(pair_ready), .data_out(pair_out),
        .data_last(pair_last), .data_done(pair_done), .tag_valid(pair_tag_valid), .tag(pair_tag),
        .aes_start(1'b0), .aes_decrypt(1'b0), .aes_in(128'd0), .aes_busy(lent_busy), .aes_out(lent_out),
        .aes_keep(1'b0), .aes_next(1'b0), .aes_byte(lent_byte));
    wire unused = &{1'b0, pair_ready, pair_last, pair_done, pair_tag_valid, pair_out, pair_tag, lent_busy, lent_out, lent_byte, 1'b0};

    // Bits that are left, by cipher: chacha, aead.chacha20, pair.both.chacha.chacha20.
    wire [15:0] entries, aead_entries, gcm_entries;
    wire [7:0]  copies, aead_copies, pair_copies;
    wire [1:0]  stages, aead_stages;
    genvar i;
    generate
        for (i = 0; i < 16; i = i + 1) begin : buffers
            assign entries[i] = |{chacha.units[0].a_buffer[i], chacha.units[0].b_buffer[i], chacha.units[0].c_buffer[i],
                                  chacha.units[0].d_buffer[i], chacha.units[1].a_buffer[i], chacha.units[1].b_buffer[i],
                                  chacha.units[1].c_buffer[i], chacha.units[1].d_buffer[i]};
            assign aead_entries[i] = |{aead.chacha20.units[0].a_buffer[i], aead.chacha20.units[0].b_buffer[i],
                                       aead.chacha20.units[0].c_buffer[i], aead.chacha20.units[0].d_buffer[i],
                                       aead.chacha20.units[1].a_buffer[i], aead.chacha20.units[1].b_buffer[i],
                                       aead.chacha20.units[1].c_buffer[i], aead.chacha20.units[1].d_buffer[i]};
        end
        for (i = 0; i < 8; i = i + 1) begin : key_copies
            assign copies[i] = |chacha.key_copy[i];
            assign aead_copies[i] = |aead.chacha20.key_copy[i];
            assign pair_copies[i] = |pair.both.chacha.chacha20.key_copy[i];
        end
        for (i = 0; i < 2; i = i + 1) begin : units
            assign stages[i] = |{chacha.units[i].a4_q, chacha.units[i].a5_q, chacha.units[i].c5_q, chacha.units[i].c6_q,
                                 chacha.units[i].quarter_round.a1_q, chacha.units[i].quarter_round.b1_q,
                                 chacha.units[i].quarter_round.a2_q, chacha.units[i].quarter_round.b2_q,
                                 chacha.units[i].quarter_round.a3_q, chacha.units[i].quarter_round.b3_q,
                                 chacha.units[i].quarter_round.c4_q, chacha.units[i].quarter_round.b4_q};
            assign aead_stages[i] = |{aead.chacha20.units[i].a4_q, aead.chacha20.units[i].a5_q, aead.chacha20.units[i].c5_q,
                                      aead.chacha20.units[i].c6_q, aead.chacha20.units[i].quarter_round.a1_q,
                                      aead.chacha20.units[i].quarter_round.c2_q, aead.chacha20.units[i].quarter_round.d2_q,
                                      aead.chacha20.units[i].quarter_round.c3_q, aead.chacha20.units[i].quarter_round.d3_q,
                                      aead.chacha20.units[i].quarter_round.b4_q, aead.chacha20.units[i].quarter_round.c4_q};
        end
        for (i = 0; i < 16; i = i + 1) begin : round_keys
            assign gcm_entries[i] = |{pair.aes.key_schedule.bank[0].memory[i], pair.aes.key_schedule.bank[1].memory[i],
                                      pair.aes.key_schedule.bank[2].memory[i], pair.aes.key_schedule.bank[3].memory[i]};
        end
    endgenerate
    assign gcm_leftover = |{pair.gcm.hash_key_q, pair.gcm.square_q, pair.aes.bytes.bytes_q};
    assign aes_leftover = |gcm_entries;
    assign chacha_leftover = |{pair_copies, pair.both.chacha.chacha20.key_q};
    assign leftover = |{entries, copies, stages, chacha.key_q, chacha.d_waits_q, aead_entries, aead_copies, aead_stages,
                        aead.chacha20.key_q, aead.chacha20.d_waits_q, aead.poly1305.r_q, aead.poly1305.s_q,
                        aead.poly1305.factor_q, aead.poly1305.sums_q, aead.poly1305.tag_q, aead.keystream_q, aead.block_q};
endmodule

`default_nettype wire
