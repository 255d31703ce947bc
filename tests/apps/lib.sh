# shellcheck shell=bash
# What the start scripts in this folder share: folders, packages, ports, processes, a private PostgreSQL.
#
# Sourced, never run. A script sets `app` first and defines app_start, app_stop and app_info; run_verb does the rest.
# Everything an application writes stays below $POSTERN_TEST_DIR/$app, so that two runs with two folders never meet
# and removing the folder removes the application. Debian packages are the one exception: they are the machine's.

set -euo pipefail
: "${app:?the start script names its application before it sources lib.sh}"

POSTERN_TEST_DIR=${POSTERN_TEST_DIR:-${TMPDIR:-/tmp}/postern-tests}
POSTERN_TEST_TOOLS=${POSTERN_TEST_TOOLS:-$POSTERN_TEST_DIR/tools} # venvs: slow to make, worth sharing between runs
# shellcheck disable=SC2034 # the scripts use it
apps=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$POSTERN_TEST_DIR/$app
postgres_bin=/usr/lib/postgresql/15/bin
export DEBIAN_FRONTEND=noninteractive

note() { echo "$app: $*" >&2; }
fail() { note "$*"; exit 1; }

# --- packages -------------------------------------------------------------------------------------------------------

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
    local package
    for package in "$@"; do is_installed "$package" || echo "$package"; done
}

# Installs the Debian packages that are missing. A machine whose package lists are empty or old gets new ones, once.
need_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "these tests want Debian 12; missing: ${missing[*]}"
    [ "$EUID" = 0 ] || fail "missing packages; as root: apt-get install --no-install-recommends ${missing[*]}"
    note "installing ${missing[*]}"
    apt-get install --simulate "${missing[@]}" >/dev/null 2>&1 || apt_get update
    apt_get install "${missing[@]}" || { apt_get update && apt_get install "${missing[@]}"; } \
        || fail "apt-get could not install ${missing[*]}: $home/apt.log"
}

apt_get() {
    apt-get -y -q --no-install-recommends -o DPkg::Lock::Timeout=900 -o Dpkg::Options::=--force-confold "$@" \
        >>"$home/apt.log" 2>&1
}

# need_venv NAME REQUIREMENT…: prints the Python of a venv that holds exactly these requirements. `venv_python` is the
# Python to make it with, where Debian's own is too old.
need_venv() {
    local name=$1 venv=$POSTERN_TEST_TOOLS/$1 python=${venv_python:-/usr/bin/python3}
    shift
    [ -n "${venv_python:-}" ] || need_packages python3 python3-venv
    mkdir -p "$POSTERN_TEST_TOOLS"
    (
        flock 9 # two runs at once must not build the same venv
        [ "$(cat "$venv/requirements" 2>/dev/null)" = "$*" ] && exit 0
        note "making the venv $name: $*"
        rm -rf "$venv"
        "$python" -m venv "$venv" \
            && "$venv/bin/pip" install --quiet --disable-pip-version-check "$@" >&2 \
            && echo "$*" >"$venv/requirements"
    ) 9>"$POSTERN_TEST_TOOLS/$name.lock" || fail "pip could not install $*"
    echo "$venv/bin/python"
}

# need_npm NAME PACKAGE@VERSION: prints the folder that holds `node_modules` with this package. Shared as the venvs are.
need_npm() {
    local folder=$POSTERN_TEST_TOOLS/$1 package=$2
    command -v npm >/dev/null || need_packages nodejs npm
    mkdir -p "$folder"
    (
        flock 9 # two runs at once must not install the same
        [ ! -e "$folder/installed" ] || exit 0
        note "installing $package"
        cd "$folder"
        echo '{"private":true}' >package.json
        npm install --no-audit --no-fund --loglevel=error "$package" >install.log 2>&1 && touch installed
    ) 9>"$folder.lock" || fail "npm could not install $package: $(tail -n 5 "$folder/install.log")"
    echo "$folder"
}

# --- ports and processes --------------------------------------------------------------------------------------------

# port_of NAME [GIVEN]: the port of this name, chosen at its first use and the same after every restart.
# Below the kernel's range for outgoing connections, so that no client takes it while the server is down.
port_of() {
    local file=$home/$1.port
    [ -s "$file" ] || echo "${2:-$(free_port)}" >"$file"
    cat "$file"
}

free_port() {
    python3 -c '
import random, socket
while True:
    port = random.randrange(20000, 32000)
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break'
}

is_running() { [ -s "$home/$1.pid" ] && kill -0 "$(cat "$home/$1.pid")" 2>/dev/null; }

# in_background NAME COMMAND…: its own process group, output in NAME.log, process id in NAME.pid.
in_background() {
    local name=$1
    shift
    is_running "$name" && return 0
    setsid "$@" >>"$home/$name.log" 2>&1 9>&- </dev/null &
    echo $! >"$home/$name.pid"
}

stop_background() {
    local name=$1 pid tries
    is_running "$name" || { rm -f "$home/$name.pid"; return 0; }
    pid=$(cat "$home/$name.pid")
    kill -TERM -- "-$pid" 2>/dev/null || true
    for tries in $(seq 80); do
        kill -0 "$pid" 2>/dev/null || break
        [ "$tries" -lt 80 ] || kill -KILL -- "-$pid" 2>/dev/null || true
        sleep 0.25
    done
    rm -f "$home/$name.pid"
}

# as ACCOUNT COMMAND…: drops root's rights; without root the command runs as whoever called.
as() {
    local account=$1
    shift
    if [ "$EUID" = 0 ]; then setpriv --reuid="$account" --regid="$account" --init-groups "$@"; else "$@"; fi
}

# give ACCOUNT PATH…
give() { if [ "$EUID" = 0 ]; then chown -R "$1:" "${@:2}"; fi; }

# wait_for_http NAME URL SECONDS: until the URL answers with anything but a server error, or its process is gone.
wait_for_http() {
    local name=$1 url=$2 end=$((SECONDS + $3)) status=000
    while [ $SECONDS -lt "$end" ]; do
        status=$(curl --silent --output /dev/null --max-time 10 --noproxy '*' --write-out '%{http_code}' "$url") || true
        case $status in [234]??) return 0 ;; esac
        is_running "$name" || break
        sleep 0.5
    done
    tail -n 20 "$home/$name.log" >&2 || true
    fail "no answer from $url (last status $status)"
}

# --- PostgreSQL -----------------------------------------------------------------------------------------------------

# Starts a PostgreSQL 15 of this application's own: passwords (SCRAM) on loopback, TLS on offer, nothing else open.
database_start() {
    need_postgresql
    [ -s "$home/pg/PG_VERSION" ] || database_create
    # As the account `postgres` from its own folder: it may not be allowed to read the caller's.
    database_ctl status >/dev/null 2>&1 && return 0
    database_ctl -l "$home/pg/server.log" -w -t 120 start >/dev/null \
        || fail "PostgreSQL did not start: $(tail -n 5 "$home/pg/server.log")"
}

database_stop() {
    [ -s "$home/pg/postmaster.pid" ] || return 0
    database_ctl -m fast -w -t 60 stop >/dev/null
}

database_ctl() { (cd / && as postgres "$postgres_bin/pg_ctl" -D "$home/pg" "$@" 9>&-); }

# The package would set up and start a cluster on port 5432; these tests want none of the machine's ports.
need_postgresql() {
    local defaults=/etc/postgresql-common/createcluster.d
    is_installed postgresql-15 && return 0
    if [ "$EUID" = 0 ]; then
        mkdir -p $defaults
        echo 'create_main_cluster = false' >$defaults/postern-tests.conf
    fi
    need_packages postgresql-15
    rm -f $defaults/postern-tests.conf
}

database_create() {
    local port
    port=$(port_of db "${DB_PORT:-}")
    mkdir -p "$home/pg"
    echo postgres-superuser >"$home/pg.password"
    give postgres "$home/pg" "$home/pg.password"
    chmod 700 "$home/pg"
    (cd / && as postgres "$postgres_bin/initdb" -D "$home/pg" -U postgres --auth=scram-sha-256 \
        --pwfile="$home/pg.password" --encoding=UTF8 --locale=C.UTF-8 >"$home/initdb.log" 2>&1) \
        || fail "initdb: $(tail -n 5 "$home/initdb.log")"
    make_certificates "$home/pg" postgres
    cat >>"$home/pg/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
ssl = on
max_connections = 80
shared_buffers = 32MB
# Test data may be lost with the machine.
fsync = off
full_page_writes = off
CONF
}

# make_certificates FOLDER ACCOUNT: a certificate authority and, in the folder, a server certificate below it: rustls
# takes no authority as a server.
make_certificates() {
    local pki=$home/pki
    mkdir -p "$pki"
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$app test authority" \
            -keyout "$pki/ca.key" -out "$pki/ca.pem"
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
            -keyout "$pki/server.key" -out "$pki/server.csr"
        openssl x509 -req -in "$pki/server.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca.key" -CAcreateserial -days 30 \
            -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$pki/server.crt"
    } >"$home/pki.log" 2>&1 || fail "openssl: $(tail -n 3 "$home/pki.log")"
    install -m 600 "$pki/server.key" "$pki/server.crt" "$1/"
    give "$2" "$1/server.key" "$1/server.crt"
}

# sql DATABASE ARGUMENT…: psql as the superuser.
sql() {
    PGPASSWORD=$(cat "$home/pg.password") psql --no-psqlrc -qAt -v ON_ERROR_STOP=1 \
        "host=127.0.0.1 port=$(port_of db) user=postgres dbname=$1" "${@:2}"
}

# database_of ROLE PASSWORD: a database named as the role that owns it.
database_of() {
    [ -n "$(sql postgres -c "select 1 from pg_roles where rolname = '$1'")" ] \
        || sql postgres -c "create role $1 login createdb password '$2'"
    [ -n "$(sql postgres -c "select 1 from pg_database where datname = '$1'")" ] \
        || sql postgres -c "create database $1 owner $1"
}

# dsn ROLE PASSWORD
dsn() { echo "postgres://$1:$2@127.0.0.1:$(port_of db)/$1"; }

# --- the command line of a start script -----------------------------------------------------------------------------

run_verb() {
    case ${1:-} in
        start)
            mkdir -p "$home"
            chmod 755 "$POSTERN_TEST_DIR" "$home" # the servers' accounts walk through them
            need_packages curl openssl python3
            app_start
            app_info
            ;;
        stop) app_stop ;;
        info)
            [ -s "$home/db.port" ] || [ -s "$home/http.port" ] || fail "not started in $POSTERN_TEST_DIR"
            app_info
            ;;
        stop-database) database_stop ;;
        start-database) database_start ;;
        remove)
            app_stop
            rm -rf "$home"
            ;;
        *)
            cat >&2 <<USAGE
usage: $0 start|stop|info|stop-database|start-database|remove
  start           install what is missing, start, print key=value lines; starting twice is starting once
  stop-database   only the database: the application is there and cannot answer
  remove          stop, and delete what it stored
environment: POSTERN_TEST_DIR (now $POSTERN_TEST_DIR), HTTP_PORT and DB_PORT (at the first start; else free ones)
USAGE
            exit 2
            ;;
    esac
}
