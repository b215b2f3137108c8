# SPDX-License-Identifier: Apache-2.0
target_sources(lk_core PRIVATE suite/suite.c)
