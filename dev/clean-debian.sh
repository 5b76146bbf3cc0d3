# Sourced by the tests of packages: clean Debians, made by debootstrap and kept, and podman to run them.
#
# DATAMONKEY_BASES  where the Debians are kept (/var/tmp/datamonkey-bases)

bases=${DATAMONKEY_BASES:-/var/tmp/datamonkey-bases}

# The folder of a Debian without anything: clean_debian SUITE
clean_debian() {
    local suite=$1 mirror
    if [ ! -e "$bases/$suite.complete" ]; then
        command -v debootstrap >/dev/null || apt_install debootstrap >&2
        mkdir -p "$bases"
        mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 '/debian/\?$')
        debootstrap --variant=minbase "$suite" "$bases/$suite" "$mirror" >"$bases/$suite.log" 2>&1 ||
            die "debootstrap of $suite failed; see $bases/$suite.log"
        touch "$bases/$suite.complete"
    fi
    # How this machine reaches Debian's packages.
    for file in /etc/apt/apt.conf.d/99*; do
        [ ! -e "$file" ] || cp "$file" "$bases/$suite/etc/apt/apt.conf.d/"
    done
    echo "$bases/$suite"
}

# Runs the calling script again without the unified hierarchy of control groups beside the others, where there is
# one: crun does not work with both. Containers find each other's networks only in the same namespace of mounts, so
# this is for the whole script: for_podman SCRIPT
for_podman() {
    ! mountpoint -q /sys/fs/cgroup/unified ||
        exec unshare -m sh -c 'umount /sys/fs/cgroup/unified && exec "$@"' - "$@"
}

# Installs podman, and gives containers limits that the shell's allow, which may be lower than podman's own:
# use_podman FOLDER
use_podman() {
    { command -v podman && command -v catatonit; } >/dev/null || apt_install podman catatonit crun netavark aardvark-dns iptables >&2
    cat >"$1/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
CONF
    export CONTAINERS_CONF=$1/containers.conf
}

# Makes an image of a clean Debian: image_of SUITE
image_of() {
    local root
    root=$(clean_debian "$1")
    tar -C "$root" -c . | podman import -q - "localhost/datamonkey-test-$1" >/dev/null
    echo "localhost/datamonkey-test-$1"
}
