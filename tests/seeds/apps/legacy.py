"""What the legacy applications of this folder have in common: HTTP/1.1 that is kept alive, a file of
SQLite, a log of requests, a command line. What an application knows, demands and refuses is its own.

    APPLICATION_SECRET=… python3 forms.py --port 9500 --database forms.db [--seed people.json] [--log requests.log] [...]
    python3 forms.py --database forms.db --dump

The secret is what the gateway has to show, each application in its own way.

One request is one transaction: it is kept whole, or, when it is refused, not at all. An answer is sent
when the transaction is on the disk, so that a process that is killed has lost nothing that it said.
"""

import argparse
import json
import os
import re
import sqlite3
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

LARGEST_BODY = 1 << 20


class Refusal(Exception):
    """An answer that is no success, in the application's own words; what was done is undone."""

    def __init__(self, status, body=None, headers=()):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, tuple(headers)


class Request:
    """A request that was read whole. Of a parameter that is repeated the last one counts."""

    def __init__(self, method, target, headers, body):
        parts = urlsplit(target)
        self.method, self.path, self.headers, self.raw = method, parts.path, headers, body
        self.query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}

    def media_type(self):
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()

    def form(self):
        return {name: values[-1] for name, values in parse_qs(self.raw.decode("utf-8", "replace")).items()}

    def json(self):
        """The body, or None where it is no JSON."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return None

    def number(self, name, default, least, most):
        """A parameter that is a number, brought within its bounds as these applications do."""
        try:
            return min(max(int(self.query.get(name, default)), least), most)
        except ValueError:
            return default


class Application:
    """A subclass says `NAME`, `BASE`, `TABLES` (SQL) and `ROUTES`, and how it refuses."""

    NAME = BASE = TABLES = ""
    ROUTES = ()

    @staticmethod
    def options(parser):
        """Command line options of its own."""

    def __init__(self, options):
        self.settings, self.secret = options, os.environ.get("APPLICATION_SECRET")
        self.lock = threading.Lock()
        self.database = sqlite3.connect(options.database, check_same_thread=False, isolation_level=None)
        self.database.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
            self.database.execute(f"PRAGMA {pragma}")
        self.database.executescript(self.TABLES)
        self.routes = [(method, self.pattern(path), getattr(self, name)) for method, path, name in self.ROUTES]

    def pattern(self, path):
        """`/users/{id}` as what a path must look like."""
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.BASE + path)))

    # What an application does in its own way.

    def authenticate(self, request):
        """Raises a Refusal for a stranger."""

    def not_found(self):
        return Refusal(404)

    def not_allowed(self):
        return Refusal(405)

    def seed(self, data):
        raise NotImplementedError

    def dump(self):
        raise NotImplementedError

    # How a request is answered.

    def answer(self, request):
        if request.path == "/health":
            return 200, {"status": "up"}, ()
        try:
            with self.lock:
                return self.within_a_transaction(lambda: self.dispatch(request))
        except Refusal as refusal:
            return refusal.status, refusal.body, refusal.headers

    def within_a_transaction(self, work):
        self.database.execute("BEGIN IMMEDIATE")
        try:
            done = work()
            self.database.execute("COMMIT")
            return done
        except BaseException:
            self.database.execute("ROLLBACK")
            raise

    def dispatch(self, request):
        """Handlers give a status, or a status and a body, or these and headers."""
        matching = [(method, pattern.fullmatch(request.path), handler) for method, pattern, handler in self.routes]
        matching = [route for route in matching if route[1]]
        self.authenticate(request)
        if not matching:
            raise self.not_found()
        for method, match, handler in matching:
            if method == request.method:
                given = handler(request, *(unquote(part) for part in match.groups()))
                given = given if isinstance(given, tuple) else (given,)
                return given + (None, ())[len(given) - 1 :]
        raise self.not_allowed()

    # What is in the tables.

    def rows(self, statement, *values):
        return self.database.execute(statement, values).fetchall()

    def row(self, statement, *values):
        return self.database.execute(statement, values).fetchone()

    def run(self, statement, *values):
        return self.database.execute(statement, values)

    def insert(self, table, values):
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        return self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values()).lastrowid

    def update(self, table, values, key, name="id"):
        if values:
            assignments = ", ".join(f"{column} = ?" for column in values)
            self.run(f"UPDATE {table} SET {assignments} WHERE {name} = ?", *values.values(), key)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    application = log = None
    writing = threading.Lock()

    def handle_request(self):
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            return self.reply(413 if length.isdigit() else 411, None, ())
        request = Request(self.command, self.path, self.headers, self.rfile.read(int(length)))
        try:
            status, body, headers = self.application.answer(request)
        except Exception as error:  # what an application's own fault looks like to others
            self.log_error("%s %s: %r", self.command, self.path, error)
            status, body, headers = 500, {"error": "internal"}, ()
        return self.reply(status, body, headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request

    def reply(self, status, body, headers):
        self.note(status)
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        if content:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        for name, value in headers:
            self.send_header(name, value)
        self._headers_buffer.append(b"\r\n" + content)  # one packet for both
        self.flush_headers()

    def note(self, status):
        if self.log and urlsplit(self.path).path != "/health":
            with self.writing:
                self.log.write(f"{self.command} {self.path} {status}\n")
                self.log.flush()

    def log_request(self, *_):
        """The log of requests is `note`'s."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main(kind):
    parser = argparse.ArgumentParser(description=kind.__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int)
    parser.add_argument("--seed", help="a JSON file with what is in the database from the beginning")
    parser.add_argument("--log", help="a file that gets a line for each request: method, path, status")
    parser.add_argument("--dump", action="store_true", help="print everything, in order and without what is made up")
    kind.options(parser)
    options = parser.parse_args()
    application = kind(options)
    if options.seed:
        with open(options.seed, encoding="utf-8") as file:
            data = json.load(file)
        application.within_a_transaction(lambda: application.seed(data))
    if options.dump:
        json.dump(application.dump(), sys.stdout, indent=2, sort_keys=True, ensure_ascii=False)
        print()
    if options.port is not None:
        if not application.secret:
            parser.error("APPLICATION_SECRET is not set")
        Handler.application = application
        Handler.log = open(options.log, "a", encoding="utf-8") if options.log else None
        Server(("127.0.0.1", options.port), Handler).serve_forever()
