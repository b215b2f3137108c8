# SPDX-License-Identifier: Apache-2.0
"""The matrix of tests/interop/run."""
