# SPDX-License-Identifier: Apache-2.0
"""Figures out of the tools' reports."""
import copy
import unittest

import snippets
from lk_synth import results


class Area(unittest.TestCase):
    def test_counts_each_kind_of_cell(self):
        area = results.area_of(snippets.AREA)
        self.assertEqual(results.Area(lut4=2764, carry=66, lut_ram=32, registers=1202, block_ram=9, multipliers=0), area)

    def test_counts_carry_as_two_luts_and_lut_ram_as_six(self):
        self.assertEqual(2764 + 2 * 66 + 6 * 32, results.area_of(snippets.AREA).luts)

    def test_refuses_a_cell_that_no_column_counts(self):
        report = copy.deepcopy(snippets.AREA)
        report["design"]["num_cells_by_type"]["$_DLATCH_P_"] = 1
        with self.assertRaisesRegex(results.ReportError, "DLATCH"):
            results.area_of(report)

    def test_refuses_what_is_no_report(self):
        for report in ({}, [], {"design": None}):
            with self.subTest(report=report), self.assertRaises(results.ReportError):
                results.area_of(report)


class Timing(unittest.TestCase):
    def test_reads_the_clock_that_was_reached(self):
        self.assertEqual(242.5, results.timing_of(snippets.TIMING).megahertz)

    def test_keeps_the_path_between_registers_and_not_that_of_a_pin(self):
        path = results.timing_of(snippets.TIMING).path
        self.assertEqual(["clk-to-q", "routing", "logic", "routing", "setup"], [step.kind for step in path])
        self.assertEqual("block.state_q_TRELLIS_FF_Q_3", path[0].cell)
        self.assertEqual(4.125, sum(step.nanoseconds for step in path))

    def test_refuses_two_clocks_and_none(self):
        for clocks in ({}, {"a": {"achieved": 1}, "b": {"achieved": 2}}):
            with self.subTest(clocks=clocks), self.assertRaisesRegex(results.ReportError, "clocks, not one"):
                results.timing_of({**snippets.TIMING, "fmax": clocks})

    def test_refuses_a_report_without_the_path(self):
        with self.assertRaisesRegex(results.ReportError, "no path"):
            results.timing_of({**snippets.TIMING, "critical_paths": []})


class Result(unittest.TestCase):
    def test_fmax_is_the_median_of_the_seeds(self):
        timings = tuple(results.Timing(megahertz, ()) for megahertz in (70.0, 64.0, 69.0))
        result = results.Result({}, results.area_of(snippets.AREA), timings)
        self.assertEqual(69.0, result.megahertz)
        self.assertEqual(64.0, result.slowest.megahertz)

    def test_has_no_fmax_when_it_was_not_placed(self):
        self.assertIsNone(results.Result({}, results.area_of(snippets.AREA), ()).megahertz)


if __name__ == "__main__":
    unittest.main()
