# Sourced by the scripts beside it.

die() { printf '%s\n' "$*" >&2; exit 1; }

# Where `make build` puts the program, within target.
built_program() {
    case ${PROFILE:-dev} in
    dev) echo debug/datamonkey ;;
    *) echo "$PROFILE/datamonkey" ;;
    esac
}

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

# Leaves a part of the tests out, and says why. Fails where REQUIRE_ALL=1 asks for all parts, but for those that
# MAY_SKIP names (tests/skipped.rs does the same). Arguments: the part, the reason.
skipped() {
    if [ "${REQUIRE_ALL:-0}" = 1 ] && [[ " ${MAY_SKIP:-} " != *" $1 "* ]]; then
        die "required, but cannot run: $1: ${*:2}"
    fi
    echo "SKIPPED: $1: ${*:2}" >&2
}

# Waits until a command succeeds. Gives up when what it prints has not changed for a while: how fast the machine
# is nobody knows. Arguments: what is waited for, the command.
patiently() {
    local what=$1 seen="" now="" since=$SECONDS
    shift
    until now=$("$@"); do
        if [ "$now" != "$seen" ]; then seen=$now since=$SECONDS; fi
        [ $((SECONDS - since)) -lt 240 ] || die "still waiting: $what. Last seen: $seen"
        sleep 0.1
    done
}

# Seconds of CPU time of whatever works in a folder: for `patiently`.
cpu_seconds() {
    local process fields sum=0
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/cwd" 2>/dev/null) == "$1"/* ]] || continue
        # The name, in parentheses, may have spaces: proc_pid_stat(5).
        fields=$(sed 's/.*) //' "$process/stat" 2>/dev/null) || continue
        read -ra fields <<<"$fields"
        sum=$((sum + fields[11] + fields[12]))
    done
    echo $((sum / 100))
}

# Starts a service of its own for a test and waits until it listens. Arguments: a folder for its data, the program.
# Sets service_pid and service_url.
start_service() {
    SERVICE_DATAMONKEY_PORT=0 DATAMONKEY_DATA="$1/data" "$2" serve 2>"$1/log" &
    service_pid=$!
    service_log=$1/log
    patiently "the service listens" service_listens
    service_url=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$service_log" | head -1) || die "$(cat "$service_log")"
}
service_listens() {
    cat "$service_log"
    ! kill -0 "$service_pid" 2>/dev/null || grep -q 'listening on' "$service_log"
}

# A member of the JSON object that is read.
id_in() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# Runs a part of the tests. If it fails, the next parts run all the same, and report_parts tells. Arguments: the
# part, the command.
failed_parts=()
part() {
    local name=$1
    shift
    # A process of its own, which it may end.
    ("$@") || failed_parts+=("$name")
}

# Says which parts failed, and fails if any did.
report_parts() {
    [ ${#failed_parts[@]} = 0 ] || die "FAILED: ${failed_parts[*]}"
    echo "No part failed."
}

# Packages of PyPI in an environment of their own. Arguments: its folder, the packages.
python_environment() {
    [ "$(cat "$1/packages" 2>/dev/null)" = "${*:2}" ] && return
    python3 -m venv "$1" && "$1/bin/pip" install -q "${@:2}" && echo "${*:2}" >"$1/packages"
}

# Installs what the page is built and tested with, where it is not what package-lock.json says. In web/.
install_page_tools() {
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund
}

# Whether Node and npm are here, and new enough to build and test the page.
node_is_new_enough() {
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
}
