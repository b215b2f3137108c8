// SPDX-License-Identifier: Apache-2.0
// The AEADs of a lane behind one set of ports: AES-GCM, and ChaCha20-Poly1305 where the build has it. AES is lent to CBC, which
// is no AEAD. There is one key at a time: the first word of a key for one of the three wipes what the others have (P3).
`default_nettype none

module lk_aead #(
    parameter GHASH_DIGIT = 8,
    parameter CHACHA20_POLY1305 = 1,
    parameter AES_DECRYPT = 1              // AES also decrypts, for who borrows it
) (
    input  wire         clk,
    input  wire         reset,
    input  wire         chacha20_poly1305, // with the words of a key and with start: which one, if the build has it
    input  wire         lend,              // with the words of a key, and from the cycle after start: AES has another user
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,          // first byte of the key in [31:24]
    input  wire         key_long,          // AES, with the words: there are eight of them, not four
    input  wire         key_wipe,          // pulse: forgets the key
    output wire         key_busy,
    input  wire         start,             // pulse: a message begins
    input  wire         decrypt,
    input  wire [95:0]  nonce,
    input  wire [15:0]  next_nonce,        // held like the nonce: the last two bytes of the one that is expected after it
    input  wire [127:0] aad,               // filled up with zeros; taken with start
    input  wire [3:0]   aad_bytes,         // 1 to 15; held until tag_valid or the next start
    input  wire [14:0]  data_bytes,
    input  wire [7:0]   data_in,
    input  wire         data_valid,        // a byte moves when valid and ready
    output wire         data_ready,        // from registers alone
    output wire [7:0]   data_out,          // in the same cycle
    output wire         data_last,         // the byte that would move is the last
    output wire         data_done,         // no byte is left
    output wire         tag_valid,
    output wire [127:0] tag,
    // AES on loan, as lk_aes_cipher says.
    input  wire         aes_start,
    input  wire         aes_decrypt,
    input  wire [127:0] aes_in,
    output wire         aes_busy,
    output wire [127:0] aes_out,
    input  wire         aes_keep,          // and as lk_aes_bytes says
    input  wire         aes_next,
    output wire [7:0]   aes_byte
);
    reg          word_before_q = 1'b0;
    wire         first_word = key_word_valid && !word_before_q;
    wire         for_chacha;               // the words of the key, and the message
    wire         for_gcm = !for_chacha && !lend;
    always @(posedge clk) word_before_q <= key_word_valid && !reset;

    wire         schedule_busy;
    wire         gcm_aes_start, gcm_aes_keep, gcm_aes_next;
    wire [127:0] gcm_aes_in;
    lk_aes #(.DECRYPT(AES_DECRYPT)) aes (
        .clk(clk), .reset(reset), .key_word_valid(key_word_valid && !for_chacha), .key_word(key_word), .key_long(key_long),
        .key_wipe(key_wipe || (first_word && for_chacha)), .key_busy(schedule_busy), .start(lend ? aes_start : gcm_aes_start),
        .decrypt(lend && aes_decrypt), .in(lend ? aes_in : gcm_aes_in), .busy(aes_busy), .out(aes_out),
        .out_keep(lend ? aes_keep : gcm_aes_keep), .out_next(lend ? aes_next : gcm_aes_next), .out_byte(aes_byte));

    wire         gcm_busy, gcm_ready, gcm_last, gcm_done, gcm_tag_valid;
    wire [7:0]   gcm_out;
    wire [127:0] gcm_tag;
    wire         gcm_data_valid;
    lk_aes_gcm #(.GHASH_DIGIT(GHASH_DIGIT)) gcm (
        .clk(clk), .reset(reset), .key_word_valid(key_word_valid && for_gcm), .key_wipe(key_wipe || (first_word && !for_gcm)),
        .key_busy(gcm_busy), .schedule_busy(schedule_busy), .aes_start(gcm_aes_start), .aes_in(gcm_aes_in), .aes_busy(aes_busy),
        .aes_out(aes_out), .aes_keep(gcm_aes_keep), .aes_next(gcm_aes_next), .aes_byte(aes_byte),
        .start(start && !for_chacha), .decrypt(decrypt), .nonce(nonce), .aad(aad), .aad_bytes(aad_bytes),
        .data_bytes(data_bytes), .data_in(data_in), .data_valid(gcm_data_valid), .data_ready(gcm_ready), .data_out(gcm_out),
        .data_last(gcm_last), .data_done(gcm_done), .tag_valid(gcm_tag_valid), .tag(gcm_tag));

    generate
        if (CHACHA20_POLY1305 != 0) begin : both
            reg          chacha_q = 1'b0;    // has the message
            assign for_chacha = chacha20_poly1305;

            wire         chacha_busy, chacha_ready, chacha_last, chacha_done, chacha_tag_valid;
            wire [7:0]   chacha_out;
            wire [127:0] chacha_tag;
            lk_chacha20_poly1305 chacha (
                .clk(clk), .reset(reset), .key_word_valid(key_word_valid && for_chacha), .key_word(key_word),
                .key_wipe(key_wipe || (first_word && !for_chacha)), .key_busy(chacha_busy),
                .start(start && for_chacha), .decrypt(decrypt), .nonce(nonce), .next_nonce(next_nonce), .aad(aad),
                .aad_bytes(aad_bytes), .data_bytes(data_bytes), .data_in(data_in), .data_valid(data_valid && chacha_q),
                .data_ready(chacha_ready), .data_out(chacha_out), .data_last(chacha_last), .data_done(chacha_done),
                .tag_valid(chacha_tag_valid), .tag(chacha_tag));

            assign gcm_data_valid = data_valid && !chacha_q;
            assign key_busy = gcm_busy || chacha_busy;
            assign data_ready = chacha_q ? chacha_ready : gcm_ready;
            assign data_out = chacha_q ? chacha_out : gcm_out;
            assign data_last = chacha_q ? chacha_last : gcm_last;
            assign data_done = chacha_q ? chacha_done : gcm_done;
            assign tag_valid = chacha_q ? chacha_tag_valid : gcm_tag_valid;
            // The one that does not have the key has forgotten all that goes into a tag, and its tag is zero.
            assign tag = chacha_tag ^ gcm_tag;

            always @(posedge clk) if (start) chacha_q <= for_chacha;
        end else begin : gcm_alone
            assign for_chacha = 1'b0;
            assign gcm_data_valid = data_valid;
            assign key_busy = gcm_busy;
            assign data_ready = gcm_ready;
            assign data_out = gcm_out;
            assign data_last = gcm_last;
            assign data_done = gcm_done;
            assign tag_valid = gcm_tag_valid;
            assign tag = gcm_tag;
            wire unused = &{1'b0, chacha20_poly1305, next_nonce, 1'b0};
        end
    endgenerate
endmodule

`default_nettype wire
