# SPDX-License-Identifier: Apache-2.0
# Whole connections against libssl, where its headers are.
find_package(OpenSSL 3.0 COMPONENTS SSL)
if(TARGET OpenSSL::SSL)
  add_executable(bench_stack EXCLUDE_FROM_ALL stack.c stack_files.c stack_libssl.c stack_ours.c)
  target_link_libraries(bench_stack PRIVATE lk_options lk_bench_report lk_core OpenSSL::SSL)
endif()
