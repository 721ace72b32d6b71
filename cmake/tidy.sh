#!/usr/bin/env bash
# tidy.sh BUILD: clang-tidy over core and plugins, with the build's compile commands.
set -eu -o pipefail
cd "$(dirname "$0")/.."
find core plugins -name '*.c' -print0 | sort -z |
  xargs -0 -r -n 4 -P "$(nproc)" clang-tidy -p "$1" --quiet
