# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where: libraries, headers, pkg-config files, and the CMake package `latchkey` with its component
# `device`. The command is installed by host/tools.
include(CMakePackageConfigHelpers)
set(LK_PACKAGE_FOLDER ${CMAKE_INSTALL_LIBDIR}/cmake/latchkey)

# A .pc file finds its folders from its own place, so that the installed tree can be moved; not where the library's folder lies
# outside the prefix.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(LK_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
  set(LK_PC_LIBDIR ${CMAKE_INSTALL_LIBDIR})
else()
  file(RELATIVE_PATH LK_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" LK_PC_PREFIX "\${pcfiledir}/${LK_PC_PREFIX}")
  set(LK_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(LK_PC_INCLUDEDIR ${CMAKE_INSTALL_INCLUDEDIR})
else()
  set(LK_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()

# Who links a static library needs what it needs.
if(BUILD_SHARED_LIBS)
  set(LK_PC_REQUIRES Requires.private)
  set(LK_PC_DEVICE_REQUIRES "\nRequires.private: libusb-1.0 >= 1.0.23")
else()
  set(LK_PC_REQUIRES Requires)
  set(LK_PC_DEVICE_REQUIRES ", libusb-1.0 >= 1.0.23")
endif()

install(TARGETS latchkey EXPORT latchkeyTargets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/host/include/latchkey DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN device.h EXCLUDE PATTERN pool.h EXCLUDE)
install(EXPORT latchkeyTargets NAMESPACE latchkey:: DESTINATION ${LK_PACKAGE_FOLDER})
set(LK_PC_FILES latchkey.pc)

if(LATCHKEY_USB)
  install(TARGETS latchkey-device EXPORT latchkeyDeviceTargets)
  install(FILES ${PROJECT_SOURCE_DIR}/host/include/latchkey/device.h ${PROJECT_SOURCE_DIR}/host/include/latchkey/pool.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/latchkey)
  install(EXPORT latchkeyDeviceTargets NAMESPACE latchkey:: DESTINATION ${LK_PACKAGE_FOLDER})
  list(APPEND LK_PC_FILES latchkey-device.pc)
  include(${CMAKE_CURRENT_LIST_DIR}/udev.cmake)
endif()

foreach(file ${LK_PC_FILES})
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}.in ${PROJECT_BINARY_DIR}/packaging/${file} @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/packaging/${file} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/latchkeyConfig.cmake.in
  ${PROJECT_BINARY_DIR}/packaging/latchkeyConfig.cmake INSTALL_DESTINATION ${LK_PACKAGE_FOLDER})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/packaging/latchkeyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/packaging/latchkeyConfig.cmake ${PROJECT_BINARY_DIR}/packaging/latchkeyConfigVersion.cmake
  DESTINATION ${LK_PACKAGE_FOLDER})
