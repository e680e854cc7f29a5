#!/bin/sh
# Puts a program of Debian into .tools without installing a package. Optional: never fails.
#   debian_tool.sh PROGRAM PATH_IN_PACKAGE PACKAGE [PACKAGE OF A LIBRARY …]
set -u
program=$1 path=$2
shift 2
target=.tools/bin/$program
if command -v "$program" >/dev/null || [ -x "$target" ]; then exit 0; fi
skip() {
    echo "  note  no $program ($1): the tests that need it are skipped"
    exit 0
}
command -v apt-get >/dev/null && command -v dpkg >/dev/null || skip "not a Debian system"
root=$(pwd)
work=$(mktemp -d) || skip "no temporary folder"
trap 'rm -rf "$work"' EXIT
# A container's package lists may be missing; reading them again needs root, and may fail.
(cd "$work" && apt-get download "$@") >"$work/log" 2>&1 ||
    { apt-get update && cd "$work" && apt-get download "$@"; } >"$work/log" 2>&1 ||
    skip "package $1 cannot be downloaded"
cd "$work" || skip "no temporary folder"
for package in *.deb; do
    dpkg -x "$package" unpacked || skip "the package cannot be unpacked"
done
mkdir -p "$root/.tools/bin" "$root/.tools/lib-$program"
# Libraries of the other packages, for a machine that does not have them.
find unpacked -name '*.so.*' -exec cp -P {} "$root/.tools/lib-$program/" \;
cp "unpacked$path" "$root/$target"
echo "  $program is in $target"
