# SPDX-License-Identifier: Apache-2.0
target_sources(lk_driver PRIVATE
  device.c
  engine.c
  fork.c
  health.c
  identity.c
  operation.c
  pool.c
  protocol/command.c
  protocol/completion.c
  protocol/facts.c
  protocol/status.c
  queue/input.c
  queue/link.c
  queue/output.c
  queue/pending.c
  transport/diagnosis.c
  transport/dial.c
  transport/ft601.c
  transport/ft601_frames.c
  transport/libusb.c
  transport/libusb_open.c
  transport/registry.c
  transport/uri.c
  transport/usbip.c
  transport/usbip_open.c
  transport/usbip_wire.c)
