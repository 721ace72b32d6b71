#!/usr/bin/env bash
# npm.sh DIRECTORY: what the tests of the HTML report look at it with, from the npm registry:
# axe-core (accessibility) and vnu (the W3C's checker). A version and a checksum each; only
# fetched where it is not there. 1 where the registry cannot be reached.
set -eu -o pipefail
mkdir -p "$1"
cd "$1"
fetch() { # name version sha512
  [ -d "$1-$2" ] && return
  curl -fsS --retry 2 --max-time 240 -o "$1.tgz" "https://registry.npmjs.org/$1/-/$1-$2.tgz"
  echo "$3  $1.tgz" | sha512sum --check --status
  rm -rf "$1.new" && mkdir "$1.new"
  tar -xzf "$1.tgz" -C "$1.new" --strip-components=1
  rm "$1.tgz" && mv "$1.new" "$1-$2"
}
fetch axe-core 4.14.1 1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
fetch vnu-jar 26.9.27 4e441de4315f39a582f5e6edbe8cd3b2b1f655aa1dde3620faface791133217c417b12f3f7ead2d8336d8e7efe44f5226618258b44a0860057e9125135e6b428
