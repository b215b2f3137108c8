# SPDX-License-Identifier: Apache-2.0
"""The committed report."""
import json
import unittest

import snippets
from lk_synth import results, tables

NOTES = {"area": "how area was measured", "fmax": "how Fmax was measured", "tools": "both tools", "placements": "a placement"}


def result(*megahertz):
    timings = tuple(results.Timing(each, results.timing_of(snippets.TIMING).path) for each in megahertz)
    return results.Result({"name": "block", "what": "a block"}, results.area_of(snippets.AREA), timings)


class Figures(unittest.TestCase):
    def rows(self, *megahertz):
        return {row["name"]: row for row in json.loads(tables.json_text(tables.figures([result(*megahertz)], NOTES)))}

    def test_name_the_configuration_and_what_is_counted(self):
        rows = self.rows(70.04, 68.0)
        self.assertEqual({"name": "area.block.lut4", "value": 2764, "unit": "LUT4", "note": "how area was measured"},
                         rows["area.block.lut4"])
        self.assertEqual(9, rows["area.block.block_ram"]["value"])
        self.assertEqual(69.0, rows["fmax.block.mhz"]["value"])
        self.assertEqual("MHz", rows["fmax.block.mhz"]["unit"])

    def test_leave_out_an_fmax_that_was_not_measured(self):
        self.assertNotIn("fmax.block.mhz", self.rows())


class Page(unittest.TestCase):
    def test_has_a_row_a_configuration(self):
        self.assertIn("| a block | 2764 | 66 | 32 | 3088 | 1202 | 9 | 0 | 69.0 (68.0 to 70.0) |\n",
                      tables.page([result(70.0, 68.0)], NOTES, ""))

    def test_leaves_out_the_range_of_a_single_seed(self):
        self.assertIn("| 70.0 |\n", tables.area_table([result(70.0)]))

    def test_shows_where_the_critical_path_begins_and_ends_and_what_it_is_made_of(self):
        self.assertIn("| block | `state_q` | `table.memory` | 1 | 0.9 | 3.2 |\n", tables.path_table([result(70.0)]))

    def test_notes_name_tools_part_and_number_of_placements(self):
        target = {"what": "a part", "synthesis": "-abc9"}
        self.assertEqual("Yosys 1, synth_ecp5 -abc9; nextpnr-ecp5 2, a part, one placement",
                         tables.notes(["Yosys 1", "nextpnr-ecp5 2"], target, 1)["fmax"])
        self.assertIn("the median of 3 placements", tables.notes(["Yosys 1", "nextpnr-ecp5 2"], target, 3)["fmax"])

    def test_says_nothing_of_clocks_when_nothing_was_placed(self):
        page = tables.page([result()], NOTES, "")
        self.assertIn("nothing is said of clocks", page)
        self.assertNotIn("Critical paths", page)
        self.assertIn("## Critical paths", tables.page([result(), result(70.0)], NOTES, ""))

    def test_names_what_a_partial_report_leaves_out(self):
        self.assertIn("an earlier one: lane, fast.\n", tables.page([result(70.0)], NOTES, tables.left_out(["lane", "fast"])))

    def test_says_what_it_was_measured_with(self):
        self.assertIn("with both tools.", tables.page([result(70.0)], NOTES, ""))


if __name__ == "__main__":
    unittest.main()
