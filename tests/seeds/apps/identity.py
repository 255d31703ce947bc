#!/usr/bin/env python3
"""An identity service: people by a user id, groups with members in batches. Applications come with a token of
OAuth 2.0's client credentials, which ends. Every refusal is a list of errors with a code and a field.
"""

import base64
import secrets
import time
import uuid

import legacy
from legacy import Refusal

STATES = ("ACTIVE", "INACTIVE")
TEXTS = ("userId", "email", "firstName", "lastName", "displayName", "state")
LENGTHS = {"userId": 200, "email": 254, "firstName": 64, "lastName": 64, "displayName": 128, "name": 128, "externalId": 64}
BATCH = 100


def refused(status, *errors):
    return Refusal(status, {"errors": [{"code": code, "field": field, "message": message} for code, field, message in errors]})


class Identity(legacy.Application):
    NAME = "identity"
    BASE = ""
    TABLES = """
        CREATE TABLE IF NOT EXISTS users (
            uuid TEXT PRIMARY KEY, userId TEXT NOT NULL COLLATE NOCASE UNIQUE, email TEXT, firstName TEXT, lastName TEXT,
            displayName TEXT, state TEXT NOT NULL, created INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS groups (
            uuid TEXT PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE, externalId TEXT, created INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS members (
            groupUuid TEXT NOT NULL REFERENCES groups ON DELETE CASCADE, userUuid TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
            PRIMARY KEY (groupUuid, userUuid));
        CREATE TABLE IF NOT EXISTS access (token TEXT PRIMARY KEY, ends REAL NOT NULL);
    """
    ROUTES = (
        ("POST", "/oauth/token", "give_token"),
        ("GET", "/api/web/v1/users", "list_users"),
        ("POST", "/api/web/v1/users", "create_user"),
        ("GET", "/api/web/v1/users/{uuid}", "read_user"),
        ("PATCH", "/api/web/v1/users/{uuid}", "change_user"),
        ("DELETE", "/api/web/v1/users/{uuid}", "delete_user"),
        ("GET", "/api/web/v1/groups", "list_groups"),
        ("POST", "/api/web/v1/groups", "create_group"),
        ("GET", "/api/web/v1/groups/{uuid}", "read_group"),
        ("PATCH", "/api/web/v1/groups/{uuid}", "change_group"),
        ("DELETE", "/api/web/v1/groups/{uuid}", "delete_group"),
        ("GET", "/api/web/v1/groups/{uuid}/members", "list_members"),
        ("POST", "/api/web/v1/groups/{uuid}/members", "add_members"),
        ("POST", "/api/web/v1/groups/{uuid}/members/remove", "remove_members"),
    )

    @staticmethod
    def options(parser):
        parser.add_argument("--client", default="postern", help="the client's id")
        parser.add_argument("--token-life", type=float, default=300, help="how many seconds a token counts")

    def authenticate(self, request):
        if request.path == "/oauth/token":
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        row = self.row("SELECT ends FROM access WHERE token = ?", token) if scheme == "Bearer" else None
        if row is None or row["ends"] < time.time():
            code = "TOKEN_UNKNOWN" if row is None else "TOKEN_EXPIRED"
            raise refused(401, (code, None, "the access token does not count"))

    def give_token(self, request):
        """RFC 6749 §4.4, with the client in the header or in the body."""
        form = request.form()
        client, secret = form.get("client_id"), form.get("client_secret")
        scheme, _, basic = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            client, _, secret = base64.b64decode(basic).decode("utf-8", "replace").partition(":")
        if (client, secret) != (self.settings.client, self.secret):
            raise Refusal(401, {"error": "invalid_client"})
        if form.get("grant_type") != "client_credentials":
            raise Refusal(400, {"error": "unsupported_grant_type"})
        token, now = secrets.token_urlsafe(32), time.time()
        self.run("DELETE FROM access WHERE ends < ?", now - 3600)
        self.insert("access", {"token": token, "ends": now + self.settings.token_life})
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": int(self.settings.token_life)}

    def not_found(self):
        return refused(404, ("NOT_FOUND", None, "there is no such resource"))

    def not_allowed(self):
        return refused(405, ("NOT_ALLOWED", None, "the resource does not take this method"))

    # What both kinds of records share.

    def page(self, request, rows):
        page, size = request.number("page", 0, 0, 1 << 32), request.number("size", 20, 1, BATCH)
        return 200, {"content": rows[page * size : (page + 1) * size], "totalElements": len(rows), "page": page, "size": size}

    def found(self, table, key):
        row = self.row(f"SELECT * FROM {table} WHERE uuid = ?", key)
        if row is None:
            raise self.not_found()
        return dict(row)

    def body_of(self, request, known):
        body = request.json()
        if not isinstance(body, dict):
            raise refused(400, ("MALFORMED", None, "the body is no JSON object"))
        errors = [("UNKNOWN_FIELD", name, "the field is not known") for name in body if name not in known]
        for name in known:
            value = body.get(name)
            if value is not None and not isinstance(value, str):
                errors.append(("NO_TEXT", name, "the field takes a text"))
            elif value is not None and len(value) > LENGTHS.get(name, 64):
                errors.append(("TOO_LONG", name, "the text is too long"))
        if errors:
            raise refused(400, *errors)
        return body

    def required(self, record, *names):
        missing = [("REQUIRED", name, "the field is required") for name in names if not record.get(name)]
        if missing:
            raise refused(400, *missing)

    # People.

    def shown(self, row):
        memberships = "SELECT g.uuid, g.name FROM groups g JOIN members m ON m.groupUuid = g.uuid WHERE m.userUuid = ? ORDER BY g.name"
        groups = [dict(group) for group in self.rows(memberships, row["uuid"])]
        return {**{key: row[key] for key in ("uuid", *TEXTS, "created")}, "groups": groups}

    def list_users(self, request):
        wanted = {name: request.query[name] for name in ("userId", "email", "state") if name in request.query}
        where = " AND ".join(["1 = 1", *(f"{name} = ?" for name in wanted)])
        rows = self.rows(f"SELECT * FROM users WHERE {where} ORDER BY created, rowid", *wanted.values())
        return self.page(request, [self.shown(row) for row in rows])

    def read_user(self, _, key):
        return 200, self.shown(self.found("users", key))

    def check_user(self, record):
        self.required(record, "userId", "state")
        if record["state"] not in STATES:
            raise refused(400, ("NOT_ALLOWED_VALUE", "state", "the state is ACTIVE or INACTIVE"))
        if record.get("email") and "@" not in record["email"]:
            raise refused(400, ("NO_ADDRESS", "email", "this is no e-mail address"))
        if self.row("SELECT 1 FROM users WHERE userId = ? AND uuid <> ?", record["userId"], record["uuid"]):
            raise refused(409, ("DUPLICATE", "userId", "the user id is taken"))

    def create_user(self, request):
        values = {"uuid": str(uuid.uuid4()), "created": int(time.time()), **self.body_of(request, TEXTS)}
        self.check_user(values)
        self.insert("users", values)
        return 201, self.shown(self.found("users", values["uuid"]))

    def change_user(self, request, key):
        stored, values = self.found("users", key), self.body_of(request, TEXTS)
        self.check_user({**stored, **values})
        self.update("users", values, key, "uuid")
        return 200, self.shown(self.found("users", key))

    def delete_user(self, _, key):
        self.found("users", key)
        self.run("DELETE FROM users WHERE uuid = ?", key)
        return 204

    # Groups. A batch of members is taken as a whole or not at all.

    def list_groups(self, request):
        wanted = {name: request.query[name] for name in ("name", "externalId") if name in request.query}
        where = " AND ".join(["1 = 1", *(f"{name} = ?" for name in wanted)])
        rows = self.rows(f"SELECT * FROM groups WHERE {where} ORDER BY created, rowid", *wanted.values())
        return self.page(request, [dict(row) for row in rows])

    def read_group(self, _, key):
        return 200, self.found("groups", key)

    def check_group(self, record):
        self.required(record, "name", "externalId")
        if self.row("SELECT 1 FROM groups WHERE name = ? AND uuid <> ?", record["name"], record["uuid"]):
            raise refused(409, ("DUPLICATE", "name", "the name is taken"))

    def create_group(self, request):
        values = {"uuid": str(uuid.uuid4()), "created": int(time.time()), **self.body_of(request, ("name", "externalId"))}
        self.check_group(values)
        self.insert("groups", values)
        return 201, self.found("groups", values["uuid"])

    def change_group(self, request, key):
        stored, values = self.found("groups", key), self.body_of(request, ("name", "externalId"))
        self.check_group({**stored, **values})
        self.update("groups", values, key, "uuid")
        return 200, self.found("groups", key)

    def delete_group(self, _, key):
        self.found("groups", key)
        self.run("DELETE FROM groups WHERE uuid = ?", key)
        return 204

    def list_members(self, request, key):
        self.found("groups", key)
        rows = self.rows("SELECT u.uuid, u.userId, u.displayName FROM users u JOIN members m ON m.userUuid = u.uuid WHERE m.groupUuid = ? ORDER BY u.created, u.rowid", key)
        return self.page(request, [dict(row) for row in rows])

    def batch_of(self, request, key):
        self.found("groups", key)
        body = request.json()
        users = body.get("users") if isinstance(body, dict) and set(body) == {"users"} else None
        if not isinstance(users, list) or not all(isinstance(user, str) for user in users):
            raise refused(400, ("MALFORMED", "users", "the body is an object with a list of users"))
        if not 1 <= len(users) <= BATCH:
            raise refused(400, ("BATCH_SIZE", "users", f"a batch has from 1 to {BATCH} users"))
        return users

    def add_members(self, request, key):
        users = self.batch_of(request, key)
        unknown = [user for user in users if not self.row("SELECT 1 FROM users WHERE uuid = ?", user)]
        if unknown:
            raise refused(400, *(("UNKNOWN_USER", "users", f"nobody has the uuid {user}") for user in unknown))
        for user in users:
            self.run("INSERT OR IGNORE INTO members VALUES (?, ?)", key, user)
        return 204

    def remove_members(self, request, key):
        for user in self.batch_of(request, key):
            self.run("DELETE FROM members WHERE groupUuid = ? AND userUuid = ?", key, user)
        return 204

    # The state as a whole.

    def seed(self, data):
        for user in data.get("users", []):
            self.insert("users", {"uuid": str(uuid.uuid4()), "created": 0, "state": "ACTIVE", **user})
        for group in data.get("groups", []):
            members, key = group.pop("members", []), str(uuid.uuid4())
            self.insert("groups", {"uuid": key, "created": 0, **group})
            for user in members:
                self.run("INSERT INTO members SELECT ?, uuid FROM users WHERE userId = ?", key, user)

    def dump(self):
        users = [{key: row[key] for key in TEXTS} for row in self.rows("SELECT * FROM users ORDER BY userId")]
        members = "SELECT u.userId FROM users u JOIN members m ON m.userUuid = u.uuid WHERE m.groupUuid = ? ORDER BY 1"
        groups = [
            {"name": row["name"], "externalId": row["externalId"], "members": [member["userId"] for member in self.rows(members, row["uuid"])]}
            for row in self.rows("SELECT * FROM groups ORDER BY name")
        ]
        return {"users": users, "groups": groups}


if __name__ == "__main__":
    legacy.main(Identity)
