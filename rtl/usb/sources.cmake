# SPDX-License-Identifier: Apache-2.0
# The USB device, and the tops that are linted: LK_RTL_TOPS. Needs LK_RTL_DIR and LK_RTL_ENGINE of rtl/sources.cmake.
set(LK_RTL_USB
  ${LK_RTL_DIR}/usb/lk_usb_alternate.v
  ${LK_RTL_DIR}/usb/lk_ft601.v
  ${LK_RTL_DIR}/usb/lk_ft601_facts.v
  ${LK_RTL_DIR}/usb/lk_ft601_link.v
  ${LK_RTL_DIR}/usb/lk_ft601_receive.v
  ${LK_RTL_DIR}/usb/lk_ft601_request.v
  ${LK_RTL_DIR}/usb/lk_ft601_send.v
  ${LK_RTL_DIR}/usb/lk_full_speed.v
  ${LK_RTL_DIR}/usb/lk_full_speed_receive.v
  ${LK_RTL_DIR}/usb/lk_full_speed_transmit.v
  ${LK_RTL_DIR}/usb/lk_ulpi.v
  ${LK_RTL_DIR}/usb/lk_usb_bulk_in.v
  ${LK_RTL_DIR}/usb/lk_usb_bulk_out.v
  ${LK_RTL_DIR}/usb/lk_usb_control.v
  ${LK_RTL_DIR}/usb/lk_usb_crc16.v
  ${LK_RTL_DIR}/usb/lk_usb_decode.v
  ${LK_RTL_DIR}/usb/lk_usb_descriptors.v
  ${LK_RTL_DIR}/usb/lk_usb_device.v
  ${LK_RTL_DIR}/usb/lk_usb_memory.v
  ${LK_RTL_DIR}/usb/lk_usb_receive.v
  ${LK_RTL_DIR}/usb/lk_usb_request.v
  ${LK_RTL_DIR}/usb/lk_usb_reset.v
  ${LK_RTL_DIR}/usb/lk_usb_test.v
  ${LK_RTL_DIR}/usb/lk_usb_transaction.v
  ${LK_RTL_DIR}/usb/lk_usb_transmit.v)
set(LK_RTL_BOARD_lk_board_virtual ${LK_RTL_DIR}/boards/common/lk_board_core.v ${LK_RTL_DIR}/boards/common/lk_board_ulpi.v
  ${LK_RTL_DIR}/boards/virtual/lk_board_virtual.v)
set(LK_RTL_BOARD_lk_board_full_speed ${LK_RTL_DIR}/boards/common/lk_board_core.v ${LK_RTL_DIR}/boards/common/lk_board_full_speed.v)
set(LK_RTL_BOARD_lk_board_direct ${LK_RTL_DIR}/boards/virtual/lk_board_direct.v)
set(LK_RTL_TOPS lk_board_virtual lk_board_full_speed lk_board_direct)
