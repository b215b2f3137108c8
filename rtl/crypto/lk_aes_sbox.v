// SPDX-License-Identifier: Apache-2.0
// SubBytes (FIPS 197 section 5.1.1) of COUNT bytes at once: the circuit of Boyar and Peralta (2010), 32 AND gates and the
// rest XOR. Each wire below is a vector with one bit for each byte, so that a simulator computes all bytes in one operation;
// a synthesiser sees COUNT separate circuits. x0 and s0 are the most significant bits.
`default_nettype none

module lk_aes_sbox #(
    parameter COUNT = 16
) (
    input  wire [8*COUNT-1:0] in,
    output wire [8*COUNT-1:0] out
);
    wire [COUNT-1:0] x0, x1, x2, x3, x4, x5, x6, x7;
    wire [COUNT-1:0] s0, s1, s2, s3, s4, s5, s6, s7;

    genvar i;
    generate
        for (i = 0; i < COUNT; i = i + 1) begin : byte_lane
            assign {x0[i], x1[i], x2[i], x3[i], x4[i], x5[i], x6[i], x7[i]} = in[8*i+:8];
            assign out[8*i+:8] = {s0[i], s1[i], s2[i], s3[i], s4[i], s5[i], s6[i], s7[i]};
        end
    endgenerate

    // The top linear layer.
    wire [COUNT-1:0] y14 = x3 ^ x5;
    wire [COUNT-1:0] y13 = x0 ^ x6;
    wire [COUNT-1:0] y9 = x0 ^ x3;
    wire [COUNT-1:0] y8 = x0 ^ x5;
    wire [COUNT-1:0] t0 = x1 ^ x2;
    wire [COUNT-1:0] y1 = t0 ^ x7;
    wire [COUNT-1:0] y4 = y1 ^ x3;
    wire [COUNT-1:0] y12 = y13 ^ y14;
    wire [COUNT-1:0] y2 = y1 ^ x0;
    wire [COUNT-1:0] y5 = y1 ^ x6;
    wire [COUNT-1:0] y3 = y5 ^ y8;
    wire [COUNT-1:0] t1 = x4 ^ y12;
    wire [COUNT-1:0] y15 = t1 ^ x5;
    wire [COUNT-1:0] y20 = t1 ^ x1;
    wire [COUNT-1:0] y6 = y15 ^ x7;
    wire [COUNT-1:0] y10 = y15 ^ t0;
    wire [COUNT-1:0] y11 = y20 ^ y9;
    wire [COUNT-1:0] y7 = x7 ^ y11;
    wire [COUNT-1:0] y17 = y10 ^ y11;
    wire [COUNT-1:0] y19 = y10 ^ y8;
    wire [COUNT-1:0] y16 = t0 ^ y11;
    wire [COUNT-1:0] y21 = y13 ^ y16;
    wire [COUNT-1:0] y18 = x0 ^ y16;

    // The inversion in GF(2^8), by way of GF(2^4).
    wire [COUNT-1:0] t2 = y12 & y15;
    wire [COUNT-1:0] t3 = y3 & y6;
    wire [COUNT-1:0] t4 = t3 ^ t2;
    wire [COUNT-1:0] t5 = y4 & x7;
    wire [COUNT-1:0] t6 = t5 ^ t2;
    wire [COUNT-1:0] t7 = y13 & y16;
    wire [COUNT-1:0] t8 = y5 & y1;
    wire [COUNT-1:0] t9 = t8 ^ t7;
    wire [COUNT-1:0] t10 = y2 & y7;
    wire [COUNT-1:0] t11 = t10 ^ t7;
    wire [COUNT-1:0] t12 = y9 & y11;
    wire [COUNT-1:0] t13 = y14 & y17;
    wire [COUNT-1:0] t14 = t13 ^ t12;
    wire [COUNT-1:0] t15 = y8 & y10;
    wire [COUNT-1:0] t16 = t15 ^ t12;
    wire [COUNT-1:0] t17 = t4 ^ y20;
    wire [COUNT-1:0] t18 = t6 ^ t16;
    wire [COUNT-1:0] t19 = t9 ^ t14;
    wire [COUNT-1:0] t20 = t11 ^ t16;
    wire [COUNT-1:0] t21 = t17 ^ t14;
    wire [COUNT-1:0] t22 = t18 ^ y19;
    wire [COUNT-1:0] t23 = t19 ^ y21;
    wire [COUNT-1:0] t24 = t20 ^ y18;
    wire [COUNT-1:0] t25 = t21 ^ t22;
    wire [COUNT-1:0] t26 = t21 & t23;
    wire [COUNT-1:0] t27 = t24 ^ t26;
    wire [COUNT-1:0] t28 = t25 & t27;
    wire [COUNT-1:0] t29 = t28 ^ t22;
    wire [COUNT-1:0] t30 = t23 ^ t24;
    wire [COUNT-1:0] t31 = t22 ^ t26;
    wire [COUNT-1:0] t32 = t31 & t30;
    wire [COUNT-1:0] t33 = t32 ^ t24;
    wire [COUNT-1:0] t34 = t23 ^ t33;
    wire [COUNT-1:0] t35 = t27 ^ t33;
    wire [COUNT-1:0] t36 = t24 & t35;
    wire [COUNT-1:0] t37 = t36 ^ t34;
    wire [COUNT-1:0] t38 = t27 ^ t36;
    wire [COUNT-1:0] t39 = t29 & t38;
    wire [COUNT-1:0] t40 = t25 ^ t39;
    wire [COUNT-1:0] t41 = t40 ^ t37;
    wire [COUNT-1:0] t42 = t29 ^ t33;
    wire [COUNT-1:0] t43 = t29 ^ t40;
    wire [COUNT-1:0] t44 = t33 ^ t37;
    wire [COUNT-1:0] t45 = t42 ^ t41;
    wire [COUNT-1:0] z0 = t44 & y15;
    wire [COUNT-1:0] z1 = t37 & y6;
    wire [COUNT-1:0] z2 = t33 & x7;
    wire [COUNT-1:0] z3 = t43 & y16;
    wire [COUNT-1:0] z4 = t40 & y1;
    wire [COUNT-1:0] z5 = t29 & y7;
    wire [COUNT-1:0] z6 = t42 & y11;
    wire [COUNT-1:0] z7 = t45 & y17;
    wire [COUNT-1:0] z8 = t41 & y10;
    wire [COUNT-1:0] z9 = t44 & y12;
    wire [COUNT-1:0] z10 = t37 & y3;
    wire [COUNT-1:0] z11 = t33 & y4;
    wire [COUNT-1:0] z12 = t43 & y13;
    wire [COUNT-1:0] z13 = t40 & y5;
    wire [COUNT-1:0] z14 = t29 & y2;
    wire [COUNT-1:0] z15 = t42 & y9;
    wire [COUNT-1:0] z16 = t45 & y14;
    wire [COUNT-1:0] z17 = t41 & y8;

    // The bottom linear layer and the affine map.
    wire [COUNT-1:0] t46 = z15 ^ z16;
    wire [COUNT-1:0] t47 = z10 ^ z11;
    wire [COUNT-1:0] t48 = z5 ^ z13;
    wire [COUNT-1:0] t49 = z9 ^ z10;
    wire [COUNT-1:0] t50 = z2 ^ z12;
    wire [COUNT-1:0] t51 = z2 ^ z5;
    wire [COUNT-1:0] t52 = z7 ^ z8;
    wire [COUNT-1:0] t53 = z0 ^ z3;
    wire [COUNT-1:0] t54 = z6 ^ z7;
    wire [COUNT-1:0] t55 = z16 ^ z17;
    wire [COUNT-1:0] t56 = z12 ^ t48;
    wire [COUNT-1:0] t57 = t50 ^ t53;
    wire [COUNT-1:0] t58 = z4 ^ t46;
    wire [COUNT-1:0] t59 = z3 ^ t54;
    wire [COUNT-1:0] t60 = t46 ^ t57;
    wire [COUNT-1:0] t61 = z14 ^ t57;
    wire [COUNT-1:0] t62 = t52 ^ t58;
    wire [COUNT-1:0] t63 = t49 ^ t58;
    wire [COUNT-1:0] t64 = z4 ^ t59;
    wire [COUNT-1:0] t65 = t61 ^ t62;
    wire [COUNT-1:0] t66 = z1 ^ t63;
    assign s0 = t59 ^ t63;
    assign s6 = ~(t56 ^ t62);
    assign s7 = ~(t48 ^ t60);
    wire [COUNT-1:0] t67 = t64 ^ t65;
    assign s3 = t53 ^ t66;
    assign s4 = t51 ^ t66;
    assign s5 = t47 ^ t65;
    assign s1 = ~(t64 ^ s3);
    assign s2 = ~(t55 ^ t67);
endmodule

`default_nettype wire
