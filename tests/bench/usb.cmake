# SPDX-License-Identifier: Apache-2.0
if(LATCHKEY_SIM)
  add_executable(bench_usb EXCLUDE_FROM_ALL usb.c)
  target_include_directories(bench_usb PRIVATE ${PROJECT_SOURCE_DIR}/driver)
  target_link_libraries(bench_usb PRIVATE lk_options lk_sim lk_bench_report)
endif()
