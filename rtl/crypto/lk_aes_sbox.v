// SPDX-License-Identifier: Apache-2.0
// SubBytes (FIPS 197 section 5.1.1) or InvSubBytes (section 5.3.2) of two bytes, from tables in one block RAM, in the shares in which lk_aes_round
// wants them: a byte b of SubBytes as b and zero, of InvSubBytes as 5b and 4b, products in GF(2^8). Either way their sum is the byte. The outcome
// is there a cycle later; a block RAM answers in the same time whatever is asked of it (P5).
`default_nettype none

module lk_aes_sbox (
    input  wire        clk,
    input  wire        inverse,
    input  wire [15:0] in,
    output wire [15:0] near,  // of what came in in the cycle before
    output wire [15:0] far
);
    (* rom_style = "block" *) reg [15:0] substitutes[0:511];
    reg [15:0] high_q, low_q;
    assign near = {high_q[15:8], low_q[15:8]};
    assign far = {high_q[7:0], low_q[7:0]};

    always @(posedge clk) begin
        high_q <= substitutes[{inverse, in[15:8]}];
        low_q <= substitutes[{inverse, in[7:0]}];
    end

    // FIPS 197 figures 7 and 14, row by row. Written out, because tools that read Verilog take long over a table that is computed.
    localparam [4095:0] TABLES = {
        128'h637c777b_f26b6fc5_3001672b_fed7ab76,
        128'hca82c97d_fa5947f0_add4a2af_9ca472c0,
        128'hb7fd9326_363ff7cc_34a5e5f1_71d83115,
        128'h04c723c3_1896059a_071280e2_eb27b275,
        128'h09832c1a_1b6e5aa0_523bd6b3_29e32f84,
        128'h53d100ed_20fcb15b_6acbbe39_4a4c58cf,
        128'hd0efaafb_434d3385_45f9027f_503c9fa8,
        128'h51a3408f_929d38f5_bcb6da21_10fff3d2,
        128'hcd0c13ec_5f974417_c4a77e3d_645d1973,
        128'h60814fdc_222a9088_46eeb814_de5e0bdb,
        128'he0323a0a_4906245c_c2d3ac62_9195e479,
        128'he7c8376d_8dd54ea9_6c56f4ea_657aae08,
        128'hba78252e_1ca6b4c6_e8dd741f_4bbd8b8a,
        128'h703eb566_4803f60e_613557b9_86c11d9e,
        128'he1f89811_69d98e94_9b1e87e9_ce5528df,
        128'h8ca1890d_bfe64268_41992d0f_b054bb16,

        128'h52096ad5_3036a538_bf40a39e_81f3d7fb,
        128'h7ce33982_9b2fff87_348e4344_c4dee9cb,
        128'h547b9432_a6c2233d_ee4c950b_42fac34e,
        128'h082ea166_28d924b2_765ba249_6d8bd125,
        128'h72f8f664_86689816_d4a45ccc_5d65b692,
        128'h6c704850_fdedb9da_5e154657_a78d9d84,
        128'h90d8ab00_8cbcd30a_f7e45805_b8b34506,
        128'hd02c1e8f_ca3f0f02_c1afbd03_01138a6b,
        128'h3a911141_4f67dcea_97f2cfce_f0b4e673,
        128'h96ac7422_e7ad3585_e2f937e8_1c75df6e,
        128'h47f11a71_1d29c589_6fb7620e_aa18be1b,
        128'hfc563e4b_c6d27920_9adbc0fe_78cd5af4,
        128'h1fdda833_8807c731_b1121059_2780ec5f,
        128'h60517fa9_19b54a0d_2de57a9f_93c99cef,
        128'ha0e03b4d_ae2af5b0_c8ebbb3c_83539961,
        128'h172b047e_ba77d626_e1691463_55210c7d};
    // Multiplication by x in GF(2^8) (section 4.2.1).
    function [7:0] double;
        input [7:0] of;
        double = {of[6:0], 1'b0} ^ (of[7] ? 8'h1b : 8'h00);
    endfunction
    function [15:0] shares;
        input [7:0] of;
        shares = {of ^ double(double(of)), double(double(of))};
    endfunction
    integer i;
    initial begin
        for (i = 0; i < 256; i = i + 1) begin
            substitutes[i] = {TABLES[8*(511-i)+:8], 8'd0};
            substitutes[256+i] = shares(TABLES[8*(255-i)+:8]);
        end
    end
endmodule

`default_nettype wire
