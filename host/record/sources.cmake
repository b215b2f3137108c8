# SPDX-License-Identifier: Apache-2.0
target_sources(lk_core PRIVATE
  record/classic_open.c
  record/classic_seal.c
  record/engine.c
  record/failover.c
  record/fallback.c
  record/header.c
  record/input.c
  record/mac.c
  record/measure.c
  record/nonce.c
  record/open.c
  record/output.c
  record/padding.c
  record/placed.c
  record/placement.c
  record/read.c
  record/record.c
  record/roster.c
  record/seal.c
  record/software.c
  record/write.c)
