# SPDX-License-Identifier: Apache-2.0
target_sources(lk_core PRIVATE base/error.c base/reader.c base/secret.c base/writer.c)
