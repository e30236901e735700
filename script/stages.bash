# Sourced by the scripts of this folder: where the sources are, how a stage is announced and timed,
# how a build folder is brought up to date.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/log
jobs=$(nproc 2>/dev/null || echo 2)

# The compiler cache: paths below the sources are hashed relative to them, so that a second copy of
# the tree (script/mutants, a worktree) reuses what the first one compiled.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
if [[ -z ${CCACHE_DIR:-} && ! -w ${HOME:-/nonexistent} ]]; then export CCACHE_DIR=$root/build/ccache; fi

fail() {
  printf '%s: %s\n' "script/${0##*/}" "$*" >&2
  exit 1
}

# stage NAME COMMAND...: one line with the time it took; the output goes to a log that is shown
# only when the command fails. Returns the status of the command.
stage() {
  local name=$1 began=$SECONDS status=0 log
  shift
  mkdir -p "$logs"
  log=$logs/$(printf '%s' "${0##*/} $name" | tr -c 'A-Za-z0-9._-' '-').log
  printf '== %-46s ' "$name"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status == 0)); then
    printf '%4d s\n' $((SECONDS - began))
  else
    printf '%4d s  FAILED (status %d)\n' $((SECONDS - began)) "$status"
    grep -aE '\berror\b|FAILED' "$log" | head -n 20 || true  # what matters may lie far above the end
    printf '   the end of the log:\n'
    tail -n 40 "$log"
    printf '   the whole log: %s\n' "$log"
  fi
  return "$status"
}

# open_stage NAME COMMAND...: the same for a command whose output is worth reading as it comes.
open_stage() {
  local name=$1 began=$SECONDS status=0
  shift
  printf '== %s\n' "$name"
  "$@" </dev/null || status=$?
  if ((status == 0)); then
    printf '== %-46s %4d s\n' "$name: done" $((SECONDS - began))
  else
    printf '== %-46s %4d s  FAILED (status %d)\n' "$name" $((SECONDS - began)) "$status"
  fi
  return "$status"
}

# is_on PRESET OPTION: whether the build folder of the preset is configured with the option on.
is_on() {
  grep -qsE "^$2:[A-Z]+=(ON|1|TRUE)$" "$root/build/$1/CMakeCache.txt"
}

# configure PRESET OPTION...: makes build/PRESET ready, with at least the given options on. An option
# that an earlier command turned on stays on: demo, test and bench share build/release, and none
# of them makes another one configure again.
configure() {
  local preset=$1 folder=$root/build/$1 option home wanted=()
  shift
  if [[ -f $folder/CMakeCache.txt ]]; then
    home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt")
    if [[ $home != "$root" ]]; then rm -rf "$folder"; fi  # the tree was moved or copied
  fi
  for option in TANTU_TESTS TANTU_BENCHMARKS TANTU_PYTHON; do
    if [[ " $* " == *" $option "* ]]; then
      wanted+=("-D$option=ON")
    elif ! is_on "$preset" "$option"; then
      wanted+=("-D$option=OFF")
    fi
  done
  if [[ -f $folder/build.ninja ]]; then
    local ready=yes
    for option in "$@"; do is_on "$preset" "$option" || ready=no; done
    if [[ $ready == yes ]]; then return 0; fi  # ninja configures again by itself when a CMakeLists.txt changes
  fi
  mkdir -p "$folder"
  (cd "$root" && cmake --preset "$preset" "${wanted[@]}" "-DTANTU_ONLY_TESTS=${TANTU_ONLY:-}")
}

# build PRESET [TARGET...]
build() {
  local folder=$root/build/$1
  shift
  if (($#)); then cmake --build "$folder" --parallel "$jobs" --target "$@"; else cmake --build "$folder" --parallel "$jobs"; fi
}
