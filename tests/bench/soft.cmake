# SPDX-License-Identifier: Apache-2.0
# The software engine against libcrypto alone.
add_executable(bench_soft EXCLUDE_FROM_ALL soft.c)
target_link_libraries(bench_soft PRIVATE lk_options lk_bench_report lk_core)
