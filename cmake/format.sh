#!/usr/bin/env bash
# Is every C file as clang-format leaves it?
set -eu -o pipefail
cd "$(dirname "$0")/.."
find bench core plugins tests -name '*.[ch]' -print0 | sort -z |
  xargs -0 -r clang-format --dry-run --Werror
