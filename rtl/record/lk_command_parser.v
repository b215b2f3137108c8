// SPDX-License-Identifier: Apache-2.0
// Cuts the stream of commands into headers and payloads (docs/protocol.md). A header is held until `next`, and its payload,
// which may be skipped at any point but must be consumed, flows meanwhile. A wrong magic byte shows as a header with
// framing_error; `next` is then answered by dropping everything until reset.
`default_nettype none
`include "lk_protocol.vh"

module lk_command_parser (
    input  wire        clk,
    input  wire        reset,
    input  wire [31:0] in_data,
    input  wire        in_valid,
    output wire        in_ready,
    output wire        header_valid,    // the fields below hold
    output wire        framing_error,   // there are none: it was not a command
    output wire        lost,            // dropping everything
    output wire        slot_comes,      // pulse, ahead of header_valid: slot_ahead is what slot will be
    output wire [15:0] slot_ahead,
    input  wire        next,            // pulse: done with this header; all its payload has been consumed
    output wire [7:0]  opcode,
    output wire [7:0]  flags,
    output wire [7:0]  content_type,
    output wire [15:0] slot,
    output wire [15:0] generation,
    output wire [31:0] tag,
    output wire [15:0] length,          // payload, in bytes
    output wire [15:0] padding,
    output wire [63:0] sequence_number,
    output wire [31:0] payload_data,
    output wire [2:0]  payload_count,   // bytes of the payload in this word: 1 to 4
    output wire        payload_valid,
    input  wire        payload_ready,
    output wire        payload_done     // nothing of it is left
);
    localparam [1:0] HEADER = 2'd0, HOLD = 2'd1, LOST = 2'd2;

    reg [1:0]   state_d, state_q = HEADER;
    reg [2:0]   index_d, index_q = 3'd0;
    reg [191:0] header_d, header_q = 192'd0;  // word 0 lowest once all six are in
    reg         framing_d, framing_q = 1'b0;
    reg [14:0]  left_d, left_q = 15'd0;       // words of payload

    assign in_ready = state_q == HEADER || state_q == LOST || (state_q == HOLD && left_q != 15'd0 && payload_ready);
    assign header_valid = state_q == HOLD;
    assign framing_error = framing_q;
    assign lost = state_q == LOST;
    assign slot_comes = state_q == HEADER && in_valid && index_q == 3'd1;
    assign slot_ahead = in_data[15:0];
    assign {content_type, flags, opcode} = header_q[31:8];
    assign {generation, slot} = header_q[63:32];
    assign tag = header_q[95:64];
    assign {padding, length} = header_q[127:96];
    assign sequence_number = header_q[191:128];
    assign payload_data = in_data;
    assign payload_count = left_q == 15'd1 && length[1:0] != 2'd0 ? {1'b0, length[1:0]} : 3'd4;
    assign payload_valid = state_q == HOLD && left_q != 15'd0 && in_valid;
    assign payload_done = left_q == 15'd0;

    always @* begin
        state_d = state_q;
        index_d = index_q;
        header_d = header_q;
        framing_d = framing_q;
        left_d = left_q;
        case (state_q)
            HEADER: if (in_valid) begin
                header_d = {in_data, header_q[191:32]};
                index_d = index_q + 3'd1;
                if (index_q == 3'd0 && in_data[7:0] != `LK_COMMAND_MAGIC) begin
                    framing_d = 1'b1;
                    left_d = 15'd0;
                    state_d = HOLD;
                end else if (index_q == 3'd5) begin
                    // The length's word came two words ago.
                    left_d = {1'b0, header_q[143:130]} + {14'd0, |header_q[129:128]};
                    state_d = HOLD;
                end
            end
            HOLD: begin
                if (payload_valid && payload_ready) left_d = left_q - 15'd1;
                if (next) begin
                    index_d = 3'd0;
                    state_d = framing_q ? LOST : HEADER;
                end
            end
            default: state_d = LOST;
        endcase
        if (reset) begin
            state_d = HEADER;
            index_d = 3'd0;
            framing_d = 1'b0;
            left_d = 15'd0;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        index_q <= index_d;
        header_q <= header_d;
        framing_q <= framing_d;
        left_q <= left_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset && next) assert (header_valid && payload_done);
`endif

    wire unused = &{1'b0, header_q[7:0], 1'b0};
endmodule

`default_nettype wire
