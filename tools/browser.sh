#!/bin/sh
# Bring the browser for the tests: Debian's Chromium by apt, Playwright's own elsewhere.
set -u
if command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 \
  || command -v google-chrome >/dev/null 2>&1; then
  exit 0
fi
if command -v apt-get >/dev/null 2>&1; then
  as_root=""
  [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
  echo "Installing chromium with apt-get …"
  if $as_root apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
      chromium fonts-dejavu-core >/dev/null; then
    exit 0
  fi
  echo "apt-get could not install chromium; trying Playwright's own browser." >&2
fi
if "$1" -m playwright install chromium; then
  exit 0
fi
cat >&2 <<'TEXT'
The tests need a Chromium browser, and none could be installed.
Install one so that 'chromium' or 'google-chrome' is on the PATH (Debian: apt-get install chromium),
or let '.venv/bin/python -m playwright install chromium' download one, and run 'make test' again.
TEXT
exit 1
