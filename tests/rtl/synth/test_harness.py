# SPDX-License-Identifier: Apache-2.0
"""The scan registers around a block."""
import unittest

import snippets
from lk_synth import harness


class Harness(unittest.TestCase):
    def setUp(self):
        self.ports = harness.ports_of(snippets.NETLIST, "lk_block")

    def test_knows_direction_and_width_of_each_port(self):
        self.assertIn(harness.Port("word", False, 3), self.ports)
        self.assertIn(harness.Port("ready", True, 1), self.ports)
        self.assertEqual(5, len(self.ports))

    def test_gives_each_bit_of_a_port_a_register_of_its_own(self):
        text = harness.harness("lk_block", self.ports)
        for connection in (".clk(clk)", ".word(block_inputs[2:0])", ".valid(block_inputs[3:3])", ".sum(block_outputs[1:0])",
                           ".ready(block_outputs[2:2])"):
            self.assertIn(connection, text)
        self.assertIn(".INPUTS(4), .OUTPUTS(3)", text)

    def test_declares_the_block_as_a_black_box(self):
        self.assertIn("(* blackbox *) module lk_block (input wire [0:0] clk, input wire [2:0] word, output wire [1:0] sum",
                      harness.harness("lk_block", self.ports))

    def test_refuses_a_block_without_a_clock(self):
        with self.assertRaisesRegex(ValueError, "0 clocks"):
            harness.harness("lk_block", [port for port in self.ports if port.name != "clk"])


if __name__ == "__main__":
    unittest.main()
