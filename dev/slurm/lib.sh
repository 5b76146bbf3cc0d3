# Sourced by the scripts beside it: where the cluster is and how its daemons are found again.
#
# DATAMONKEY_SLURM_DIR   folder of all state (.run/slurm); another folder and port are another cluster
# DATAMONKEY_SLURM_PORT  first of eight ports on 127.0.0.1 (6817)
# DATAMONKEY_SLURM_OWNER a process; when it is gone, the cluster and its folder go, too

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../lib.sh"

dir=${DATAMONKEY_SLURM_DIR:-$(cd "$here/../.." && pwd)/.run/slurm}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
port=${DATAMONKEY_SLURM_PORT:-6817}
slurmctld_port=$port
slurmdbd_port=$((port + 1))
slurmrestd_port=$((port + 2))
slurmd_port=$((port + 3)) # and the next

# Jobs run as the user who starts the cluster, but not as root.
jobs_user=$(id -un)
[ "$jobs_user" != root ] || jobs_user=datamonkey

export SLURM_CONF=$dir/etc/slurm.conf
daemons="munged mariadbd slurmdbd slurmctld slurmd-node1 slurmd-node2 slurmrestd"

# Whether a daemon of this cluster runs. After a restart, its process id may belong to another process.
running() {
    local pid
    pid=$(as_root cat "$dir/run/$1.pid" 2>/dev/null) && [ -n "$pid" ] &&
        as_root cat "/proc/$pid/cmdline" 2>/dev/null | tr '\0' ' ' | grep -qF "${1%%-*}"
}

# Waits until a command succeeds: wait_for DAEMON COMMAND… Gives up when the daemon has written nothing to its log
# for two minutes.
wait_for() {
    local daemon=$1 since=$SECONDS seen="" now
    shift
    while [ $((SECONDS - since)) -lt 120 ]; do
        "$@" >/dev/null 2>&1 && return
        now=$(as_root stat -c %s "$dir/log/$daemon.log" 2>/dev/null) || true
        if [ "$now" != "$seen" ]; then seen=$now since=$SECONDS; fi
        sleep 0.1
    done
    as_root tail -n 15 "$dir/log/$daemon.log" >&2 || true
    die "$daemon does not respond: $*"
}

# Runs a command as another user with nothing of this environment but what Slurm needs.
as_user() {
    local user=$1
    shift
    as_root timeout 60 runuser -u "$user" -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin SLURM_CONF="$SLURM_CONF" "$@"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
