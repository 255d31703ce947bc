# shellcheck shell=bash
# A private MariaDB of an application's own: loopback only, TLS on offer, root by its socket. Sourced after lib.sh.

data=$home/data
socket=$home/data/mariadb.sock

mariadb_start() {
    need_mariadb
    [ -d "$data/mysql" ] || create
    # A time that a legacy application keeps is in its own zone, so the server's own must be another.
    TZ=UTC in_background server /usr/sbin/mariadbd --no-defaults --user="$(account)" --datadir="$data" \
        --socket="$socket" --bind-address=127.0.0.1 --port="$(port_of db "${DB_PORT:-}")" --skip-name-resolve \
        --character-set-server=utf8mb4 --max-connections=80 --innodb-buffer-pool-size=64M \
        --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
        --ssl-ca="$home/pki/ca.pem" --ssl-cert="$data/server.crt" --ssl-key="$data/server.key"
    wait_for_server
}

mariadb_stop() { stop_background server; }

account() { if [ "$EUID" = 0 ]; then echo mysql; else id -un; fi; }

# The package would start a server on port 3306; these tests want none of the machine's ports.
need_mariadb() {
    local policy=/usr/sbin/policy-rc.d
    is_installed mariadb-server && return 0
    if [ "$EUID" = 0 ] && [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
        need_packages mariadb-server
        rm -f $policy
    else
        need_packages mariadb-server
    fi
}

create() {
    mkdir -p "$data"
    give "$(account)" "$data"
    mariadb-install-db --no-defaults --user="$(account)" --datadir="$data" --skip-test-db \
        --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" >"$home/install.log" 2>&1 \
        || fail "mariadb-install-db: $(tail -n 5 "$home/install.log")"
    make_certificates "$data" "$(account)"
}

wait_for_server() {
    local end=$((SECONDS + 120))
    while [ $SECONDS -lt $end ]; do
        root_sql 'select 1' >/dev/null 2>&1 && return 0
        is_running server || break
        sleep 0.25
    done
    fail "MariaDB did not start: $(tail -n 5 "$home/server.log")"
}

root_sql() { mariadb --no-defaults --socket="$socket" --user="$(id -un)" --batch --skip-column-names -e "$1"; }
