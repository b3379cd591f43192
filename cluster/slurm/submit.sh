#!/usr/bin/env bash
# Solves the worlds of a model on many nodes: a job array with one shard in each task, and a summary when all are done.
#
#     cluster/slurm/submit.sh [--own-folders] MODEL OUT SHARDS [options of melian worlds]
#     cluster/slurm/submit.sh my.melian my.worlds 32 -n 1000000 --seed 7
#
# MODEL: a file, or the name of an embedded model. Its text is copied to OUT now; later changes do not reach the tasks.
# OUT: the folder of the results, on a file system that all nodes see. OUT.slurm holds the tasks' logs and the summary.
# --own-folders: each shard writes into a folder of its own, OUT.slurm/shards/K, and `melian merge` brings them together:
#     for file systems without locks.
#
# The same command again goes on where the tasks ended, whatever ended them.
#
# From the environment: MELIAN (the program; `melian`), ARRAY_OPTIONS (options of sbatch for the array, such as
# "--cpus-per-task=16 --time=12:00:00"), and what sbatch itself reads (SBATCH_PARTITION, SBATCH_ACCOUNT, …).
set -euo pipefail

fail() {
    echo "error: $*" >&2
    exit 2
}

usage="submit.sh [--own-folders] MODEL OUT SHARDS [options of melian worlds]"
own=
if [[ ${1:-} == --own-folders ]]; then
    own=1
    shift
fi
[[ -n ${1:-} ]] || fail "no MODEL: $usage"
[[ -n ${2:-} ]] || fail "no OUT: $usage"
[[ ${3:-} =~ ^[1-9][0-9]*$ ]] || fail "SHARDS is \`${3:-}\`, not a number from 1 on: $usage"
model=$1 out=${2%/} shards=$3
shift 3
[[ $out != *%* ]] || fail "no % in OUT: Slurm would read it as a pattern"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export MELIAN=${MELIAN:-melian}
command -v "$MELIAN" >/dev/null || fail "no program \`$MELIAN\`: put it on the PATH, or say where it is with MELIAN=…"
command -v sbatch >/dev/null || fail "no sbatch on this machine: is it one that submits jobs?"

# A shard beyond all parts solves nothing: it makes the folder, and says what is wrong with the model and the options before
# anything is queued.
nothing=1000000000
status=0
said=$("$MELIAN" worlds "$model" --out "$out" --shard "$nothing/$nothing" "$@" 2>&1 >/dev/null) || status=$?
# How many parts are there is said below.
grep -v "parts are in $out;" <<<"$said" | sed '/^$/d' >&2 || true
((status == 0)) || exit "$status"
rm -f "$out/.lock-$nothing-of-$nothing"
number() { sed -n "s/^  \"$1\": \([0-9]*\),\{0,1\}$/\1/p" "$out/study.json"; }
worlds=$(number worlds) part=$(number part_worlds)
parts=$(((worlds + part - 1) / part))
if ((shards > parts)); then
    echo "note: $worlds worlds are $parts parts: $parts shards, not $shards" >&2
    shards=$parts
fi

beside=$out.slurm
mkdir -p "$beside"
folder=$out gathered=
if [[ -n $own ]]; then
    gathered=$beside/shards folder=$beside/shards/%a
    mkdir -p "$gathered"
fi
export SHARDS=$shards
# Words of ARRAY_OPTIONS are options.
# shellcheck disable=SC2086
array=$(sbatch --parsable --array="1-$shards" --output="$beside/shard-%a.log" ${ARRAY_OPTIONS:-} \
    "$here/worlds.sbatch" "$out/model.melian" "$folder" "$@")
array=${array%%;*}
summary=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes \
    --output="$beside/summary.txt" --error="$beside/summary.log" \
    "$here/summary.sbatch" "$out" "$gathered" "$@")
done=$(find "$out" -name 'part-*.parquet' | wc -l)
echo "array $array: $shards shards of $worlds worlds in $parts parts, $done of them in $out already; logs in $beside"
echo "job ${summary%%;*}, when all are done: $beside/summary.txt"
