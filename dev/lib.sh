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
