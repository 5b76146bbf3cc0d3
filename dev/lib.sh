# Sourced by the scripts beside it.

die() { printf '%s\n' "$*" >&2; exit 1; }

# Runs a command as root, or says what to type.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "This needs root and there is no sudo. As root, run:  $*"; fi
}

# Installs Debian packages that are missing.
apt_install() {
    command -v apt-get >/dev/null || die "Install these with your package manager, then try again: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null ||
        { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null; } ||
        die "apt-get could not install: $*"
}

# Whether Node and npm are here, and new enough to build and test the page.
node_is_new_enough() {
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
}
