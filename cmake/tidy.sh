#!/usr/bin/env bash
# tidy.sh BUILD [all]: clang-tidy with the build's compile commands, over the sources of core
# and plugins that the last 60 commits and the work tree touched, and those that include a
# header without a source of its own; over all of them with `all`, if .clang-tidy was
# touched, or where git cannot tell.
set -eu -o pipefail
cd "$(dirname "$0")/.."
touched() {
  git diff --name-only HEAD~60 -- core plugins .clang-tidy
  git ls-files --others --exclude-standard -- core plugins
}
sources() {
  touched | while read -r file; do
    case $file in
    *.h) if [ -f "${file%.h}.c" ]; then echo "${file%.h}.c"; else
           grep -rl --include='*.c' "[\"/]${file##*/}[\">]" core plugins || true; fi ;;
    *.c) [ ! -f "$file" ] || echo "$file" ;;
    esac
  done
}
if [ "${2:-}" = all ] || [ "$(git rev-list --count HEAD 2>/dev/null || echo 0)" -le 60 ] ||
  touched | grep -x .clang-tidy >/dev/null; then
  find core plugins -name '*.c'
else
  sources
fi | sort -u | tr '\n' '\0' | xargs -0 -r -n 4 -P "$(nproc)" clang-tidy -p "$1" --quiet
