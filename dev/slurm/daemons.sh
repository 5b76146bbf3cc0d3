# Sourced by up: one function for each daemon. They go on when the script has ended.

start_munged() {
    as_user munge munged --force --key-file="$dir/munge/key" --socket="$dir/munge/socket" \
        --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
    wait_for munged munge -n -S "$dir/munge/socket"
    pid_of munged "$dir/munge/pid"
}

start_mariadbd() {
    if ! as_root test -d "$dir/mysql/data/mysql"; then
        as_user mysql mariadb-install-db --no-defaults --datadir="$dir/mysql/data" \
            --auth-root-authentication-method=socket --skip-test-db 2>&1 |
            as_root tee "$dir/log/mariadbd.log" >/dev/null
    fi
    as_root install -d -m 755 -o mysql "$dir/run/mysql"
    detach mariadbd mysql mariadbd --no-defaults --datadir="$dir/mysql/data" --skip-networking \
        --socket="$dir/run/mysql/socket" --pid-file="$dir/run/mysql/pid" \
        --innodb-buffer-pool-size=64M --innodb-lock-wait-timeout=900 --innodb-flush-log-at-trx-commit=2
    wait_for mariadbd sql "SELECT 1"
    sql "CREATE DATABASE IF NOT EXISTS slurm_acct_db;
         CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED VIA unix_socket;
         GRANT ALL ON slurm_acct_db.* TO slurm@localhost"
}

start_slurmdbd() {
    detach slurmdbd slurm slurmdbd -D
    wait_for slurmdbd as_user slurm sacctmgr -n show cluster
    as_user slurm sacctmgr -n show cluster datamonkey | grep -q datamonkey ||
        as_user slurm sacctmgr -i add cluster datamonkey >/dev/null
}

start_slurmctld() {
    detach slurmctld slurm slurmctld -D
    wait_for slurmctld as_user slurm scontrol ping
}

start_slurmd_node1() { detach slurmd-node1 root slurmd -D -N node1; }
start_slurmd_node2() { detach slurmd-node2 root slurmd -D -N node2; }

# It refuses to be root or Slurm's own user.
start_slurmrestd() {
    local plugins
    case $version in
    22.*) plugins=openapi/v0.0.36,openapi/v0.0.37,openapi/v0.0.38,openapi/dbv0.0.36,openapi/dbv0.0.37,openapi/dbv0.0.38 ;;
    *) plugins=slurmctld,slurmdbd ;;
    esac
    detach slurmrestd nobody env SLURM_JWT=daemon \
        slurmrestd -a rest_auth/jwt -s "$plugins" "127.0.0.1:$slurmrestd_port"
    wait_for slurmrestd answers "$slurmrestd_port"
}

# Both nodes can take jobs.
ready() { [ "$(as_user slurm sinfo -h -p normal -t idle,mix,alloc -o %D)" = 2 ]; }

sql() { as_root mariadb --no-defaults --socket="$dir/run/mysql/socket" -u root -e "$1"; }

pid_of() { as_root cp "$2" "$dir/run/$1.pid"; }

# Starts a daemon as a user, in a session of its own: detach NAME USER COMMAND…
# MYSQL_UNIX_PORT is where the database's client library looks for its socket.
detach() {
    local name=$1 user=$2
    shift 2
    as_root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin SLURM_CONF="$SLURM_CONF" \
        MYSQL_UNIX_PORT="$dir/run/mysql/socket" LC_ALL=C.UTF-8 \
        setsid bash -c 'umask 022; cd /; pid=$1 log=$2 user=$3; shift 3
            { [ "$user" = root ] || set -- setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"; }
            echo $$ >"$pid"; exec "$@" >>"$log" 2>&1' \
        - "$dir/run/$name.pid" "$dir/log/$name.log" "$user" "$@" </dev/null >/dev/null 2>&1 &
    disown
    sleep 0.05
}
