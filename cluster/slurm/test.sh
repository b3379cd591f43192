#!/usr/bin/env bash
# Runs the scripts beside it in a real Slurm: two nodes on this machine, tasks that are stopped in the middle, and results
# that must be those of an unsharded run, byte for byte. Not part of .ci/run.
#
#     cargo build --release
#     sudo cluster/slurm/test.sh target/release/melian
#
# For Debian and its relatives, as root. Installs slurm-wlm and munge if they are missing, and leaves them installed; all else
# (configuration, key, state, logs) is in a temporary folder, and only processes started here are ended. Takes three
# minutes or so. From the environment: WORLDS (1024), ROUNDS (of the model: how long a world takes; 800), CLOCK (also wait for
# a real time limit), KEEP (keep the folder).
#
# Two virtual nodes are two slurmd with a name and a port each, which Debian's build supports. They share the machine's file
# system: what locks do between machines is not tested.
# Functions are called by name, through `check` and `await`.
# shellcheck disable=SC2317
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ -x ${1:-} ]] || { echo "usage: test.sh PROGRAM" >&2; exit 2; }
MELIAN=$(realpath "$1")
export MELIAN
[[ $(id -u) == 0 ]] || { echo "error: as root: packages are installed and node daemons started" >&2; exit 2; }
PATH=$PATH:/usr/sbin:/sbin
worlds=${WORLDS:-1024} rounds=${ROUNDS:-800} shards=4
options=(-n "$worlds" -c "rounds=$rounds")

if ! command -v slurmctld slurmd sbatch munged >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends slurm-wlm munge >/dev/null
fi

work=$(mktemp -d -t slurm-test-XXXXXX)
chmod 755 "$work"
cd "$work"
export SLURM_CONF=$work/slurm.conf
declare -A daemons=()
failures=0

say() { printf '%4ss  %s\n' "$SECONDS" "$*"; }
check() { # WHAT COMMAND…
    local what=$1
    shift
    if "$@"; then say "pass  $what"; else
        say "FAIL  $what"
        failures=$((failures + 1))
    fi
}
start() { # NAME COMMAND…
    local name=$1
    shift
    "$@" >"$work/$name.out" 2>&1 &
    daemons[$name]=$!
}
stop() {
    local status=$? name
    trap - EXIT
    set +e
    [[ -z ${daemons[slurmctld]:-} ]] || scancel --user="$(id -un)" --quiet 2>/dev/null
    # What jobs left running, where Slurm could not end it any more.
    sleep 1
    end "$(processes_of node1) $(processes_of node2)"
    for name in slurmd-node1 slurmd-node2 slurmctld munged; do
        [[ -z ${daemons[$name]:-} ]] || kill "${daemons[$name]}"
    done 2>/dev/null
    wait
    if [[ -n ${KEEP:-} || $status != 0 ]]; then echo "left for inspection: $work"; else rm -rf "$work"; fi
    exit "$status"
}
# What runs on a node of ours, and the daemons of Slurm that watch it.
processes_of() { # NODE
    local environment pid
    for environment in /proc/[0-9]*/environ; do
        pid=${environment#/proc/}
        pid=${pid%/environ}
        if { tr '\0' '\n' <"$environment"; } 2>/dev/null | grep -qx "SLURM_CONF=$SLURM_CONF" &&
            { tr '\0' '\n' <"$environment"; } 2>/dev/null | grep -qx "SLURMD_NODENAME=$1"; then
            echo "$pid"
            local parent
            parent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$pid/status" 2>/dev/null) || continue
            [[ $(cat "/proc/$parent/comm" 2>/dev/null) != slurmstepd ]] || echo "$parent"
        fi
    done
}
end() { # PIDS
    local pid
    for pid in $1; do kill -KILL "$pid" 2>/dev/null || true; done
}
# Looks every fifth of a second until a command succeeds.
await() { # SECONDS COMMAND…
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < until)) || return 1
        sleep 0.2
    done
}
trap stop EXIT

# --- Slurm ---
host=$(hostname -s)
mkdir munge state
head -c 128 /dev/urandom >munge/key
chmod 600 munge/key
cat >slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
AuthType=auth/munge
CredType=cred/munge
# A task that is put back may start again as soon as its credential has expired: after seconds here, after two minutes usually.
AuthInfo=socket=$work/munge/socket,cred_expire=10
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd-%n.log
PlugStackConfig=/dev/null
# Neither cgroups nor systemd are needed.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
MessageTimeout=10
KillWait=5
MinJobAge=3600
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=3
NodeName=node1 NodeAddr=127.0.0.1 NodeHostname=$host Port=17001 CPUs=1 RealMemory=64000
NodeName=node2 NodeAddr=127.0.0.1 NodeHostname=$host Port=17002 CPUs=1 RealMemory=64000
PartitionName=all Nodes=node1,node2 Default=YES State=UP
CONF
start munged munged --foreground --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed"
await 10 test -S munge/socket
start slurmctld slurmctld -D
start slurmd-node1 slurmd -D -N node1
start slurmd-node2 slurmd -D -N node2
idle() { [[ $(sinfo -h -t idle -o %D 2>/dev/null) == "$1" ]]; }
await 60 idle 2 || { say "FAIL  the nodes do not come up"; cat ./*.out; exit 1; }
say "Slurm $(sinfo -V | cut -d' ' -f2), nodes $(sinfo -h -o %N), processors of each: $(sinfo -h -o %c)"

# --- what must come out ---
"$MELIAN" worlds frontline "${options[@]}" --out alone >alone.txt 2>alone.log
parts=$(find alone -name 'part-*.parquet' | wc -l)
say "unsharded: $worlds worlds in $parts parts"

export ARRAY_OPTIONS="--cpus-per-task=1 --time=10"
state() { squeue -h -t all -j "$1" -o %T 2>/dev/null | sort -u | paste -sd, -; }
in_state() { [[ $(state "$1") == "$2" ]]; }
job_of() { awk '/^job / { sub(/,$/, "", $2); print $2 }' "$1"; }
array_of() { awk '/^array / { sub(/:$/, "", $2); print $2 }' "$1"; }
# How many parts of a shard are done.
done_of() { # FOLDER SHARD
    local part found=0
    for part in "$1"/part-*.parquet; do
        [[ -e $part ]] || continue
        part=${part##*part-}
        ((10#${part%.parquet} % shards != $2 - 1)) || found=$((found + 1))
    done
    echo "$found"
}
in_the_middle() { # FOLDER SHARD
    local found
    found=$(done_of "$1" "$2")
    ((found > 2 && found < parts / shards)) || return 1
}
# Finds a shard that is being solved on a node and is neither at its beginning nor at its end.
pick() { # ARRAY NODE FOLDER, with %a for the shard
    local k
    for k in $(squeue -h -t running -j "$1" -o '%K %N' | awk -v node="$2" '$2 == node { print $1 }'); do
        if in_the_middle "${3//%a/$k}" "$k"; then
            shard=$k
            return
        fi
    done
    return 1
}
# Name, time and inode of each part that a shard has done: a part that is written again has another inode.
stamps() { # FOLDER SHARD
    local part
    for part in "$1"/part-*.parquet; do
        [[ -e $part ]] || continue
        local k=${part##*part-}
        ((10#${k%.parquet} % shards != $2 - 1)) || stat -c '%n %i %y' "$part"
    done
}
still_there() { # STAMPS FOLDER SHARD
    stamps "$2" "$3" >now
    [[ -s $1 ]] && [[ $(grep -cxFf "$1" now) == "$(wc -l <"$1")" ]]
}
same_files() { # FOLDER
    local file bad=0
    diff <(cd alone && printf '%s\n' *) <(cd "$1" && printf '%s\n' *) || bad=1
    for file in alone/*; do cmp "$file" "$1/${file#alone/}" || bad=1; done
    return "$bad"
}
restarted() { grep -q "shard $2/.*restarts: [1-9]" "$1.slurm/shard-$2.log"; }
ends_well() { # OUT
    local summary
    summary=$(job_of "$1.submit")
    if ! await 400 in_state "$summary" COMPLETED; then
        say "array: $(state "$(array_of "$1.submit")"), summary: $(state "$summary")"
        tail -n 5 "$1".slurm/*.log
        return 1
    fi
}
where() { # OUT
    sed -n 's/^[^ ]* \(shard .* on node.*\)/       \1/p' "$1".slurm/shard-*.log
}
compare() { # OUT
    where "$1"
    check "$1: $(find alone -type f -not -name '.*' | wc -l) files equal the unsharded ones, and there are no others" same_files "$1"
    check "$1: the summary is the unsharded one" cmp alone.txt "$1.slurm/summary.txt"
    check "$1: both nodes took part" test "$(where "$1" | grep -o 'on node[12]' | sort -u | wc -l)" = 2
}

# --- one folder for all; a node dies, a task runs out of time ---
"$here/submit.sh" frontline shared "$shards" "${options[@]}" 2>&1 | tee shared.submit
array=$(array_of shared.submit)
await 120 pick "$array" node2 shared || { say "FAIL  no task in the middle of its work on node2"; exit 1; }
gone=$(processes_of node2)
{
    kill -KILL "${daemons[slurmd-node2]}"
    wait "${daemons[slurmd-node2]}" || true
} 2>/dev/null
end "$gone"
died=$shard
stamps shared "$died" >stamps-died
say "node2 dies with shard $died: $(wc -l <stamps-died) of its $((parts / shards)) parts are done"
await 120 pick "$array" node1 shared || { say "FAIL  no task in the middle of its work on node1"; exit 1; }
late=$shard
# What Slurm does two minutes before the end. It delivers the signal, may then find the task requeued, and would repeat itself.
told() {
    timeout 4 scancel --batch --signal=USR1 "${array}_$late" 2>/dev/null || true
    grep -q "time is up" "shared.slurm/shard-$late.log"
}
await 60 told || { say "FAIL  no signal reaches the task"; exit 1; }
stamps shared "$late" >stamps-late
say "shard $late on node1 is told that its time is up: $(wc -l <stamps-late) of its $((parts / shards)) parts are done"
down() { [[ -n $(sinfo -h -n node2 -t down -o %N 2>/dev/null) ]]; }
check "shared: Slurm notices that the node is gone" await 90 down
start slurmd-node2 slurmd -D -N node2
check "shared: all shards and the summary end well" ends_well shared
check "shared: the task of the node that died ran again" restarted shared "$died"
check "shared: what it had done was not done again" still_there stamps-died shared "$died"
check "shared: the task that ran out of time ran again" restarted shared "$late"
check "shared: what it had done was not done again" still_there stamps-late shared "$late"
compare shared

# --- a folder for each shard; a task is put back by hand ---
"$here/submit.sh" --own-folders frontline own "$shards" "${options[@]}" 2>&1 | tee own.submit
array=$(array_of own.submit)
await 120 pick "$array" node1 own.slurm/shards/%a || { say "FAIL  no task in the middle of its work on node1"; exit 1; }
await 30 scontrol requeue "${array}_$shard"
stamps "own.slurm/shards/$shard" "$shard" >stamps-back
say "shard $shard on node1 is put back: $(wc -l <stamps-back) of its $((parts / shards)) parts are done"
check "own: all shards, the merge and the summary end well" ends_well own
check "own: the task ran again" restarted own "$shard"
check "own: what it had done was not done again" still_there stamps-back "own.slurm/shards/$shard" "$shard"
compare own

# --- a task fails; the same command again ---
cat >fails <<'PROGRAM'
#!/usr/bin/env bash
[[ " $* " != *" --shard 2/2 "* ]] || { echo "something is wrong with this node" >&2; exit 2; }
exec "$WORKING" "$@"
PROGRAM
chmod +x fails
export WORKING=$MELIAN
MELIAN=$work/fails "$here/submit.sh" frontline again 2 -n 64 2>&1 | tee again.submit
check "again: the summary is cancelled when a task fails" await 60 in_state "$(job_of again.submit)" CANCELLED
check "again: the log says why" grep -q "something is wrong" again.slurm/shard-2.log
"$here/submit.sh" frontline again 2 -n 64 2>&1 | tee again.submit
check "again: the same command goes on" ends_well again
check "again: all parts are there" test "$(find again -name 'part-*.parquet' | wc -l)" = 4

# --- Slurm's clock ---
if [[ -n ${CLOCK:-} ]]; then
    ARRAY_OPTIONS="--cpus-per-task=1 --time=1 --signal=B:USR1@30" "$here/submit.sh" frontline clock 1 "${options[@]}" 2>&1 |
        tee clock.submit
    check "clock: the task and the summary end well" ends_well clock
    where clock
    check "clock: the task ran again" restarted clock 1
    check "clock: the files equal the unsharded ones" same_files clock
fi

# --- mistakes ---
refused() { # WORDS COMMAND…
    local words=$1 status=0
    shift
    "$@" >refused.txt 2>&1 || status=$?
    ((status == 2)) && grep -q "$words" refused.txt
}
array_task=(env SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=2)
check "no model is refused" refused "no MODEL" "$here/submit.sh"
check "no number of shards is refused" refused "SHARDS is" "$here/submit.sh" frontline out
check "a wrong option is refused before anything is queued" refused "unexpected argument" "$here/submit.sh" frontline out 2 --sed 1
check "a task without a model says so" refused "no MODEL" "${array_task[@]}" "$here/worlds.sbatch"
check "part of an array without SHARDS is refused" refused "SHARDS=N" "${array_task[@]}" "$here/worlds.sbatch" frontline out
check "a missing program is named" refused "no-such-program" env MELIAN=no-such-program "$here/submit.sh" frontline out 2

((failures == 0)) && { say PASS; exit 0; }
say "FAIL: $failures"
exit 1
