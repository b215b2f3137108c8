// SPDX-License-Identifier: Apache-2.0
// P1 in lk_record_buffer: a word that leaves comes from a bank that `keep` has released, and that is not yet sent; and a bank that is
// released is not written until it is sent.
//
// Assumed: a record is filled only into a free bank and after fill_begins; keep or hand_on ends it, when no byte comes any more (lane,
// lane_control); what is handed on is kept or dropped before another is, and before one behind it is kept; sending begins and ends only
// with a bank released, one at a time, and ends with its last word (property completion_builder).
//
// method: induction 4
// sees: fetch buffer.fetch
// sees: store buffer.store
// sees: fill_bank buffer.fill_bank_q
// sees: verify_bank buffer.verify_bank_q
// sees: taken buffer.taken_q
// sees: kept_banks buffer.kept_banks_q
// sees: kept buffer.kept_q
// sees: left buffer.left_q
// mutation: sends_other record/lk_record_buffer.v s/wire \[1:0\] send_bank = kept_banks_q\[1:0\]/wire [1:0] send_bank = kept_banks_q[3:2]/
// mutation: fills_kept record/lk_record_buffer.v s/if (keep) taken_d = taken_d | place_of(keep_bank);//
// mutation: releases_at_start record/lk_record_buffer.v s/kept_d = kept_q + {1'b0, keep}/kept_d = kept_q + {1'b0, fill_begins}/
// mutation: is_always_free record/lk_record_buffer.v s/assign bank_free = .*/assign bank_free = 1'b1;/
// mutation: keeps_wrong record/lk_record_buffer.v s/verified ? verify_bank_q : fill_bank_q/fill_bank_q/
`default_nettype none

module formal_record_buffer (
    input wire        clk,
    input wire        reset,
    input wire        fill_begins,
    input wire [7:0]  in_data,
    input wire        in_last,
    input wire        in_valid,
    input wire        hand_on,
    input wire        verified,
    input wire        keep,
    input wire        drop,
    input wire        send_begins,
    input wire [12:0] send_words,
    input wire        out_ready,
    input wire        sent
);
    wire        bank_free, out_valid, fetch, store;
    wire [1:0]  kept, fill_bank, verify_bank;
    wire [2:0]  taken;
    wire [5:0]  kept_banks;
    wire [12:0] left;
    lk_record_buffer buffer (
        .clk(clk), .reset(reset), .bank_free(bank_free), .fill_begins(fill_begins), .in_data(in_data), .in_last(in_last),
        .in_valid(in_valid), .hand_on(hand_on), .verified(verified), .keep(keep), .drop(drop), .send_begins(send_begins),
        .send_words(send_words), .out_valid(out_valid), .out_ready(out_ready), .sent(sent));

    // Banks released, the oldest lowest, and how many; a record being filled, and where; one being verified, and where; one being
    // sent.
    reg [5:0] released_q = 6'd0;
    reg [1:0] count_q = 2'd0, filled_q = 2'd0, verified_q = 2'd0;
    reg       filling_q = 1'b0, fresh_q = 1'b0, verifying_q = 1'b0, sending_q = 1'b0;
    wire [1:0] kept_bank = verified ? verified_q : filled;
    wire [1:0] filled = fresh_q ? fill_bank : filled_q;  // where it is filled shows in the first cycle
    wire [1:0] place = count_q - {1'b0, sent};
    reg [5:0]  released;
    always @* begin
        released = sent ? {2'd0, released_q[5:2]} : released_q;
        if (keep && place == 2'd0) released[1:0] = kept_bank;
        if (keep && place == 2'd1) released[3:2] = kept_bank;
        if (keep && place == 2'd2) released[5:4] = kept_bank;
    end
    always @(posedge clk) begin
        released_q <= released;
        count_q <= place + {1'b0, keep};
        filled_q <= filled;
        fresh_q <= fill_begins;
        filling_q <= fill_begins || (filling_q && !(keep && !verified) && !hand_on);
        if (hand_on) verified_q <= filled;
        verifying_q <= hand_on || (verifying_q && !(keep && verified) && !drop);
        sending_q <= send_begins || (sending_q && !sent);
        if (reset) begin
            count_q <= 2'd0;
            fresh_q <= 1'b0;
            filling_q <= 1'b0;
            verifying_q <= 1'b0;
            sending_q <= 1'b0;
        end
    end
    always @* begin
        if (fill_begins) assume (bank_free && !in_valid && !hand_on && !(keep && !verified));
        if (in_valid) assume (filling_q && !(keep && !verified) && !hand_on);
        if (keep) assume (verified ? verifying_q : filling_q && !verifying_q);
        if (drop) assume (verifying_q && !keep);
        if (hand_on) assume (filling_q && !verifying_q && !keep);
        if (send_begins) assume (count_q != 2'd0 && !sending_q && !sent && send_words != 13'd0);
        if (sent) assume (sending_q && left == 13'd0 && out_valid && out_ready);
    end

    // Which banks may not be written.
    wire [2:0] released_banks = (count_q > 2'd0 ? 3'd1 << released_q[1:0] : 3'd0) | (count_q > 2'd1 ? 3'd1 << released_q[3:2] : 3'd0)
                              | (count_q > 2'd2 ? 3'd1 << released_q[5:4] : 3'd0);
    wire [2:0] verified_bank = verifying_q ? 3'd1 << verified_q : 3'd0;
    always @* begin
        if (fetch || out_valid) assert (sending_q && count_q != 2'd0 && kept_banks[1:0] == released_q[1:0]);
        if (store) assert (!released_banks[fill_bank]);
        // What makes the above inductive.
        assert (kept == count_q && taken == (released_banks | verified_bank));
        if (count_q > 2'd0) assert (kept_banks[1:0] == released_q[1:0] && released_q[1:0] != 2'd3);
        if (count_q > 2'd1) assert (kept_banks[3:2] == released_q[3:2] && released_q[3:2] != 2'd3 && released_q[3:2] != released_q[1:0]);
        if (count_q > 2'd2) assert (kept_banks[5:4] == released_q[5:4] && released_q[5:4] != 2'd3 && released_q[5:4] != released_q[1:0]
                                    && released_q[5:4] != released_q[3:2]);
        if (verifying_q) assert (verify_bank == verified_q && verified_q != 2'd3 && !released_banks[verified_q]);
        if (filling_q) assert (fill_bank == filled && filled != 2'd3 && !taken[filled]);
        if (sending_q) assert (count_q != 2'd0);
        if (left != 13'd0) assert (sending_q);
    end
endmodule

`default_nettype wire
