#!/usr/bin/env bash
# tidy.sh BUILD [all]: clang-tidy with the build's compile commands, over the sources of core
# and plugins that the last 60 commits and the work tree touched, with those whose header
# was; over all of them with `all`, or where git cannot tell.
set -eu -o pipefail
cd "$(dirname "$0")/.."
sources() {
  if [ "${2:-}" = all ] || [ "$(git rev-list --count HEAD 2>/dev/null || echo 0)" -le 60 ]; then
    find core plugins -name '*.c'
  else
    { git diff --name-only HEAD~60 -- core plugins
      git ls-files --others --exclude-standard -- core plugins; } |
      sed -n 's/\.[ch]$/.c/p' | sort -u | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
  fi
}
sources "$@" | sort | tr '\n' '\0' |
  xargs -0 -r -n 4 -P "$(nproc)" clang-tidy -p "$1" --quiet
