# SPDX-License-Identifier: Apache-2.0
# The udev rule that lets people who are not root open a board. Its numbers come from the one place that has them.
set(LATCHKEY_UDEV_GROUP plugdev CACHE STRING "The group that may use the boards (udev rule)")
set(LK_UDEV_SOURCE ${PROJECT_SOURCE_DIR}/driver/protocol/protocol.def)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${LK_UDEV_SOURCE})
foreach(name VENDOR PRODUCT)
  file(STRINGS ${LK_UDEV_SOURCE} LK_UDEV_LINE REGEX "^LK_CONSTANT\\(${name}_ID, 16, 0x[0-9a-fA-F]+,")
  if(NOT LK_UDEV_LINE MATCHES "0x([0-9a-fA-F]+)")
    message(FATAL_ERROR "${LK_UDEV_SOURCE} does not tell ${name}_ID.")
  endif()
  string(TOLOWER ${CMAKE_MATCH_1} LK_UDEV_${name}) # as the kernel shows it
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/60-latchkey.rules.in ${PROJECT_BINARY_DIR}/packaging/60-latchkey.rules @ONLY)

# Where udev looks below /usr and /usr/local, whatever the name of the folder for libraries is.
install(FILES ${PROJECT_BINARY_DIR}/packaging/60-latchkey.rules DESTINATION lib/udev/rules.d)
