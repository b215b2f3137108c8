// SPDX-License-Identifier: Apache-2.0
// The AEADs of a lane behind one set of ports, those of lk_aes_gcm: AES-GCM, and ChaCha20-Poly1305 where the build has it.
// There is one key at a time: the first word of a key for one of them wipes the other (P3).
`default_nettype none

module lk_aead #(
    parameter GHASH_DIGIT = 8,
    parameter CHACHA20_POLY1305 = 1
) (
    input  wire         clk,
    input  wire         reset,
    input  wire         chacha20_poly1305, // with the words of a key and with start: which one, if the build has it
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,          // first byte of the key in [31:24]
    input  wire         key_long,          // AES-GCM, with the words: there are eight of them, not four
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
    output wire [127:0] tag
);
    generate
        if (CHACHA20_POLY1305 != 0) begin : both
            reg  chacha_q = 1'b0;                // has the message
            reg  word_before_q = 1'b0;
            wire first_word = key_word_valid && !word_before_q;

            wire         gcm_busy, gcm_ready, gcm_last, gcm_done, gcm_tag_valid;
            wire [7:0]   gcm_out;
            wire [127:0] gcm_tag;
            lk_aes_gcm #(.GHASH_DIGIT(GHASH_DIGIT)) gcm (
                .clk(clk), .reset(reset), .key_word_valid(key_word_valid && !chacha20_poly1305), .key_word(key_word),
                .key_long(key_long), .key_wipe(key_wipe || (first_word && chacha20_poly1305)), .key_busy(gcm_busy),
                .start(start && !chacha20_poly1305), .decrypt(decrypt), .nonce(nonce), .aad(aad), .aad_bytes(aad_bytes),
                .data_bytes(data_bytes), .data_in(data_in), .data_valid(data_valid && !chacha_q), .data_ready(gcm_ready),
                .data_out(gcm_out), .data_last(gcm_last), .data_done(gcm_done), .tag_valid(gcm_tag_valid), .tag(gcm_tag));

            wire         chacha_busy, chacha_ready, chacha_last, chacha_done, chacha_tag_valid;
            wire [7:0]   chacha_out;
            wire [127:0] chacha_tag;
            lk_chacha20_poly1305 chacha (
                .clk(clk), .reset(reset), .key_word_valid(key_word_valid && chacha20_poly1305), .key_word(key_word),
                .key_wipe(key_wipe || (first_word && !chacha20_poly1305)), .key_busy(chacha_busy),
                .start(start && chacha20_poly1305), .decrypt(decrypt), .nonce(nonce), .next_nonce(next_nonce), .aad(aad),
                .aad_bytes(aad_bytes), .data_bytes(data_bytes), .data_in(data_in), .data_valid(data_valid && chacha_q),
                .data_ready(chacha_ready), .data_out(chacha_out), .data_last(chacha_last), .data_done(chacha_done),
                .tag_valid(chacha_tag_valid), .tag(chacha_tag));

            assign key_busy = gcm_busy || chacha_busy;
            assign data_ready = chacha_q ? chacha_ready : gcm_ready;
            assign data_out = chacha_q ? chacha_out : gcm_out;
            assign data_last = chacha_q ? chacha_last : gcm_last;
            assign data_done = chacha_q ? chacha_done : gcm_done;
            assign tag_valid = chacha_q ? chacha_tag_valid : gcm_tag_valid;
            assign tag = chacha_q ? chacha_tag : gcm_tag;

            always @(posedge clk) begin
                word_before_q <= key_word_valid && !reset;
                if (start) chacha_q <= chacha20_poly1305;
            end
        end else begin : aes
            lk_aes_gcm #(.GHASH_DIGIT(GHASH_DIGIT)) gcm (
                .clk(clk), .reset(reset), .key_word_valid(key_word_valid), .key_word(key_word), .key_long(key_long),
                .key_wipe(key_wipe), .key_busy(key_busy), .start(start), .decrypt(decrypt), .nonce(nonce), .aad(aad),
                .aad_bytes(aad_bytes), .data_bytes(data_bytes), .data_in(data_in), .data_valid(data_valid),
                .data_ready(data_ready), .data_out(data_out), .data_last(data_last), .data_done(data_done),
                .tag_valid(tag_valid), .tag(tag));
            wire unused = &{1'b0, chacha20_poly1305, next_nonce, 1'b0};
        end
    endgenerate
endmodule

`default_nettype wire
