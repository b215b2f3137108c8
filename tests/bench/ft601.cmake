# SPDX-License-Identifier: Apache-2.0
# The board behind an FT601 with one lane to four. Models of such engines take a while to make, even to Verilate: only on request.
option(LATCHKEY_BENCH_FT601 "Make the models of tests/bench/ft601" OFF)
if(LATCHKEY_SIM AND LATCHKEY_BENCH_FT601)
  find_package(ZLIB REQUIRED)
  set(search -I${LK_RTL_INCLUDE})
  foreach(folder stream crypto record usb boards/common)
    list(APPEND search -y ${LK_RTL_DIR}/${folder})
  endforeach()
  add_custom_target(bench_ft601)
  foreach(lanes RANGE 1 4)
    add_library(lk_model_ft601_${lanes} STATIC EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/sim/model/ft601.cpp)
    target_compile_features(lk_model_ft601_${lanes} PRIVATE cxx_std_17)
    target_include_directories(lk_model_ft601_${lanes} PUBLIC ${PROJECT_SOURCE_DIR})
    verilate(lk_model_ft601_${lanes} TRACE_FST TOP_MODULE lk_board_ft601 PREFIX Vlk_board_ft601
      SOURCES ${LK_RTL_DIR}/boards/common/lk_board_ft601.v
      VERILATOR_ARGS -Wall -O3 --x-assign fast --x-initial unique --trace-depth 1 -GLANES=${lanes} ${search}
      OPT_FAST -O2 OPT_GLOBAL -O1)
    target_compile_options(lk_model_ft601_${lanes} PRIVATE -g0)
    target_link_libraries(lk_model_ft601_${lanes} PUBLIC lk_model_selftest ZLIB::ZLIB)
    lk_sim_of(lk_sim_ft601_${lanes} lk_model_virtual lk_model_full_speed lk_model_ft601_${lanes})
    set_target_properties(lk_sim_ft601_${lanes} PROPERTIES EXCLUDE_FROM_ALL TRUE)
    add_executable(bench_ft601_${lanes} EXCLUDE_FROM_ALL ft601.c)
    target_link_libraries(bench_ft601_${lanes} PRIVATE lk_options lk_bench_report lk_sim_ft601_${lanes} lk_driver)
    add_dependencies(bench_ft601 bench_ft601_${lanes})
  endforeach()
endif()
