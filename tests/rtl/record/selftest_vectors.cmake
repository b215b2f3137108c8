# SPDX-License-Identifier: Apache-2.0
# The committed vectors of the selftest are what selftest-emit writes.
execute_process(COMMAND ${EMIT} OUTPUT_VARIABLE written RESULT_VARIABLE failed)
file(READ ${VECTORS} committed)
if(failed OR NOT written STREQUAL committed)
  message(FATAL_ERROR "${VECTORS} is not what selftest-emit writes: run `ninja selftest-vectors`")
endif()
