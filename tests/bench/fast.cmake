# SPDX-License-Identifier: Apache-2.0
# The fast configuration: three lanes with the AEADs at a clock of their own, behind a link of 100 MHz. A model of it takes a while to
# compile: only on request.
lk_engine_port_apart(lk_engine_port_fast -O2 -GLANES=3 -GCBC=0)
set_target_properties(lk_engine_port_fast PROPERTIES EXCLUDE_FROM_ALL TRUE)
add_executable(bench_fast EXCLUDE_FROM_ALL rtl.c)
target_link_libraries(bench_fast PRIVATE lk_options lk_bench_report lk_engine_port_fast lk_driver)
