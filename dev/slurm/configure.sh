# Sourced by up: writes the configuration of the cluster into $dir/etc.

memory=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 1024 / 4))
cores=$(nproc)
version=$(slurmctld -V | sed 's/[^0-9]*\([0-9.]*\).*/\1/')

# What a daemon reads and only its user may see comes from standard input.
secret() { # secret FILE OWNER
    as_root install -m 600 -o "$2" /dev/stdin "$1"
}

write_config() {
    as_root install -d -m 755 "$dir" "$dir/etc" "$dir/log" "$dir/run"
    as_root install -d -m 755 -o munge "$dir/munge"
    as_root install -d -m 700 -o mysql "$dir/mysql"
    as_root install -d -m 755 -o slurm "$dir/state" "$dir/run/slurm"
    as_root install -d -m 755 "$dir/spool" "$dir/spool/node1" "$dir/spool/node2"
    [ -e "$dir/munge/key" ] || head -c 128 /dev/urandom | secret "$dir/munge/key" munge
    if [ ! -e "$dir/jwt.key" ]; then
        head -c 32 /dev/urandom | secret "$dir/jwt.key" slurm
        # The service that runs as the jobs' user needs a copy that it can read.
        as_root cat "$dir/jwt.key" | secret "$dir/service.key" "$jobs_user"
    fi

    local jwt="AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=$dir/jwt.key"

    as_root tee "$dir/etc/slurm.conf" >/dev/null <<CONF
ClusterName=datamonkey
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$slurmctld_port
SlurmUser=slurm
$jwt
CommunicationParameters=NoAddrCache
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/slurm/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=256
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$slurmdbd_port
AccountingStoragePass=$dir/munge/socket
MinJobAge=${DATAMONKEY_SLURM_MIN_JOB_AGE:-300}
MaxJobCount=20000
KillWait=10
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=30
SchedulerParameters=sched_interval=2,sched_min_interval=100000,batch_sched_delay=0
NodeName=node1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$slurmd_port CPUs=$cores RealMemory=$memory
NodeName=node2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((slurmd_port + 1)) CPUs=$cores RealMemory=$memory
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=normal Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=2
PartitionName=down Nodes=node2 State=DOWN
CONF
    # Containers often have no cgroups; newer Slurms insist on them unless told not to.
    case $version in
    1?.* | 20.* | 21.* | 22.*) ;;
    *) echo "CgroupPlugin=disabled" | as_root tee "$dir/etc/cgroup.conf" >/dev/null ;;
    esac

    # In /tmp, PMIx refuses a job step whose number a killed step of another cluster had.
    as_root install -d -m 1777 "$dir/pmix"
    echo "PMIxCliTmpDirBase=$dir/pmix" | as_root tee "$dir/etc/mpi.conf" >/dev/null

    secret "$dir/etc/slurmdbd.conf" slurm <<CONF
$jwt
DbdHost=$(hostname -s)
DbdAddr=127.0.0.1
DbdPort=$slurmdbd_port
SlurmUser=slurm
LogFile=$dir/log/slurmdbd.log
PidFile=$dir/run/slurm/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageLoc=slurm_acct_db
StorageUser=slurm
CONF
    # These two do not run as root, and append to files that are there.
    for log in slurmctld slurmdbd; do
        as_root install -m 644 -o slurm /dev/null "$dir/log/$log.log"
    done
}
