# SPDX-License-Identifier: Apache-2.0
"""The comparison of primitives."""
import unittest

import snippets
from lk_synth import primitives, results

OURS = {"name": "hash", "top": "lk_hash", "what": "8 bits a cycle", "bits": 128, "cycles": 16}
GROUPS = [{"group": "Hash", "ours": [OURS], "others": [{"what": "another", "luts": 2000, "bits": 128, "cycles": 8}]}]


class Primitives(unittest.TestCase):
    def setUp(self):
        self.result = results.Result(OURS, results.area_of(snippets.AREA), ())

    def test_density_is_bits_a_cycle_for_each_thousand_luts(self):
        self.assertEqual(4.0, primitives.density(OURS, 2000))

    def test_figures_count_all_luts(self):
        (row,) = primitives.figures([self.result], {"area": "note"})
        self.assertEqual("primitive.hash.bits_per_cycle_per_klut", row["name"])
        self.assertEqual(2.59, row["value"])

    def test_section_puts_ours_before_the_others_of_its_group(self):
        text = primitives.section(GROUPS, [self.result])
        self.assertIn("### Hash\n", text)
        self.assertIn("| **ours**, 8 bits a cycle | 3088 | 16 | 8.0 | 2.59 |\n| another | 2000 | 8 | 16.0 | 8.00 |\n", text)

    def test_section_ends_a_group_with_its_remark(self):
        text = primitives.section([{**GROUPS[0], "remark": "Ours is small."}], [self.result])
        self.assertTrue(text.endswith("| 8.00 |\n\nOurs is small.\n"))


if __name__ == "__main__":
    unittest.main()
