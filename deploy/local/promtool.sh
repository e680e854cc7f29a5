#!/bin/sh
# Puts Debian's promtool into .tools/bin without installing a package. Optional: never fails.
set -u
target=.tools/bin/promtool
if command -v promtool >/dev/null || [ -x "$target" ]; then exit 0; fi
skip() {
    echo "  note  no promtool ($1): the tests of alert rules that need it are skipped"
    exit 0
}
command -v apt-get >/dev/null && command -v dpkg >/dev/null || skip "not a Debian system"
root=$(pwd)
work=$(mktemp -d) || skip "no temporary folder"
trap 'rm -rf "$work"' EXIT
# A container's package lists may be missing; reading them again needs root, and may fail.
(cd "$work" && apt-get download prometheus) >"$work/log" 2>&1 ||
    { apt-get update && cd "$work" && apt-get download prometheus; } >"$work/log" 2>&1 ||
    skip "package prometheus cannot be downloaded"
cd "$work" && dpkg -x prometheus_*.deb unpacked || skip "the package cannot be unpacked"
mkdir -p "$root/.tools/bin"
cp unpacked/usr/bin/promtool "$root/$target"
echo "  promtool is in $target"
