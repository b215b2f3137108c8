// SPDX-License-Identifier: Apache-2.0
// P1 in lk_record_buffer: a word that leaves comes from a bank that `keep` has released, and that is not yet sent; and a bank that is
// released is not written until it is sent.
//
// Assumed: a record is filled only into a free bank and after fill_begins; keep ends it, when no byte comes any more (lane, lane_control);
// sending begins and ends only with a bank released, one at a time, and ends with its last word (property completion_builder).
//
// method: induction 4
// sees: fetch buffer.fetch
// sees: store buffer.store
// sees: fill_bank buffer.fill_bank_q
// sees: send_bank buffer.send_bank_q
// sees: kept buffer.kept_q
// sees: left buffer.left_q
// mutation: sends_other record/lk_record_buffer.v s/send_bank_d = send_bank_q ^ sent;/send_bank_d = send_bank_q;/
// mutation: fills_kept record/lk_record_buffer.v s/fill_bank_d = fill_bank_q ^ keep;/fill_bank_d = fill_bank_q;/
// mutation: releases_at_start record/lk_record_buffer.v s/kept_d = kept_q + {1'b0, keep}/kept_d = kept_q + {1'b0, fill_begins}/
// mutation: is_always_free record/lk_record_buffer.v s/assign bank_free = .*/assign bank_free = 1'b1;/
`default_nettype none

module formal_record_buffer (
    input wire        clk,
    input wire        reset,
    input wire        fill_begins,
    input wire [7:0]  in_data,
    input wire        in_last,
    input wire        in_valid,
    input wire        keep,
    input wire        send_begins,
    input wire [12:0] send_words,
    input wire        out_ready,
    input wire        sent
);
    wire        bank_free, out_valid, fetch, store, fill_bank, send_bank;
    wire [1:0]  kept;
    wire [12:0] left;
    lk_record_buffer buffer (
        .clk(clk), .reset(reset), .bank_free(bank_free), .fill_begins(fill_begins), .in_data(in_data), .in_last(in_last),
        .in_valid(in_valid), .keep(keep), .send_begins(send_begins), .send_words(send_words), .out_valid(out_valid),
        .out_ready(out_ready), .sent(sent));

    // Banks released, oldest first; a record being filled; one being sent.
    reg [1:0] released_q = 2'd0;
    reg       newest_q = 1'b0, oldest_q = 1'b0, filling_q = 1'b0, sending_q = 1'b0;
    always @(posedge clk) begin
        if (keep) begin
            released_q[newest_q] <= 1'b1;
            newest_q <= !newest_q;
        end
        if (sent) begin
            released_q[oldest_q] <= 1'b0;
            oldest_q <= !oldest_q;
        end
        filling_q <= fill_begins || (filling_q && !keep);
        sending_q <= send_begins || (sending_q && !sent);
        if (reset) begin
            released_q <= 2'd0;
            newest_q <= 1'b0;
            oldest_q <= 1'b0;
            filling_q <= 1'b0;
            sending_q <= 1'b0;
        end
    end
    always @* begin
        if (fill_begins) assume (!filling_q && bank_free);
        if (in_valid) assume (filling_q && !keep);
        if (keep) assume (filling_q && !fill_begins);
        if (send_begins) assume (released_q[oldest_q] && !sending_q && !sent && send_words != 13'd0);
        if (sent) assume (sending_q && left == 13'd0 && out_valid && out_ready);
    end

    always @* begin
        if (fetch || out_valid) assert (sending_q && released_q[send_bank]);
        if (store) assert (!released_q[fill_bank]);
        // What makes the above inductive.
        assert (newest_q == fill_bank && oldest_q == send_bank && kept == {1'b0, released_q[0]} + {1'b0, released_q[1]});
        assert (released_q[0] == released_q[1] ? newest_q == oldest_q : released_q[oldest_q] && !released_q[newest_q]);
        if (filling_q) assert (!released_q[newest_q]);
        if (sending_q) assert (released_q[oldest_q]);
        if (left != 13'd0) assert (sending_q);
    end
endmodule

`default_nettype wire
