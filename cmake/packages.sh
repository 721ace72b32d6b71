# shellcheck shell=bash
# need_packages NAME...: installs the Debian packages that are missing; silent when there
# are none.
need_packages() {
  local missing=() name sudo=
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "these packages are missing, and there is no sudo to install them: ${missing[*]}" >&2
      return 1
    }
    sudo=sudo
  fi
  echo "installing: ${missing[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
    "${missing[@]}" >/dev/null
}
