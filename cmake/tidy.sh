#!/usr/bin/env bash
# tidy.sh BUILD: clang-tidy over core and plugins, with the build's compile commands.
set -eu
cd "$(dirname "$0")/.."
git ls-files -z -- 'core/*.c' 'plugins/*.c' |
  xargs -0 -n 4 -P "$(nproc)" clang-tidy -p "$1" --quiet
