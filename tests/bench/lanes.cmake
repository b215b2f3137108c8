# SPDX-License-Identifier: Apache-2.0
# The record engine with one lane to four. A model of an engine of four takes a while to compile: only on request.
include(${PROJECT_SOURCE_DIR}/rtl/sources.cmake)
add_custom_target(bench_lanes)
foreach(lanes RANGE 1 4)
  lk_engine_port(lk_engine_port_lanes_${lanes} -O2 -GLANES=${lanes})
  set_target_properties(lk_engine_port_lanes_${lanes} PROPERTIES EXCLUDE_FROM_ALL TRUE)
  add_executable(bench_lanes_${lanes} EXCLUDE_FROM_ALL lanes.c)
  target_link_libraries(bench_lanes_${lanes} PRIVATE lk_options lk_bench_report lk_engine_port_lanes_${lanes} lk_driver)
  add_dependencies(bench_lanes bench_lanes_${lanes})
endforeach()
