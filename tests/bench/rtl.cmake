# SPDX-License-Identifier: Apache-2.0
# The record engine at its stream ports.
add_executable(bench_rtl EXCLUDE_FROM_ALL rtl.c)
target_link_libraries(bench_rtl PRIVATE lk_options lk_bench_report lk_engine_port lk_driver)
