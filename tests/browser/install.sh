#!/bin/sh
# The browser tests drive the system's Chromium; on Debian as root we install the one that has no
# windows: it takes half the time for the same page.
set -eu
found() {
  for name in "$@"; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then exit 0; fi
  done
}
found "${CHROMIUM:-}" chromium-headless-shell
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell >/dev/null &&
    exit 0
fi
found chromium chromium-browser google-chrome
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path." >&2
exit 1
