#!/usr/bin/env bash
# Is every C file as clang-format leaves it?
set -eu
cd "$(dirname "$0")/.."
git ls-files -z -- '*.c' '*.h' | xargs -0 clang-format --dry-run --Werror
