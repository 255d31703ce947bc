#!/usr/bin/env python3
"""A data-quality platform: people with a role, teams, personal tokens. It knows an application by a bearer
token, finds by exact addresses that it keeps in small letters, and forgets nobody: a DELETE marks.
"""

import hashlib
import json
import re

import legacy
from legacy import Refusal

ROLES = ("Member", "Manager", "Admin")
STATUSES = ("active", "deactivated")
TEXTS = ("email", "name", "given_name", "family_name", "external_ref", "status", "role")


def refused(status, error, message, **more):
    return Refusal(status, {"error": error, "message": message, **more})


class DataQuality(legacy.Application):
    NAME = "data-quality"
    BASE = "/internal"
    TABLES = """
        CREATE TABLE IF NOT EXISTS users (
            id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL, name TEXT NOT NULL, given_name TEXT, family_name TEXT,
            status TEXT NOT NULL, role TEXT NOT NULL, external_ref TEXT, attributes TEXT NOT NULL,
            created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')), deleted_at TEXT);
        CREATE UNIQUE INDEX IF NOT EXISTS users_email ON users (email) WHERE deleted_at IS NULL;
        CREATE TABLE IF NOT EXISTS teams (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE UNIQUE, description TEXT);
        CREATE TABLE IF NOT EXISTS team_members (
            team_id INTEGER NOT NULL REFERENCES teams ON DELETE CASCADE, user_id INTEGER NOT NULL REFERENCES users,
            PRIMARY KEY (team_id, user_id));
        CREATE TABLE IF NOT EXISTS tokens (sha256 TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, revoked INTEGER NOT NULL DEFAULT 0);
    """
    ROUTES = (
        ("GET", "/users", "list_users"),
        ("POST", "/users", "create_user"),
        ("GET", "/users/{id}", "read_user"),
        ("PATCH", "/users/{id}", "change_user"),
        ("DELETE", "/users/{id}", "delete_user"),
        ("GET", "/roles", "list_roles"),
        ("GET", "/teams", "list_teams"),
        ("POST", "/teams", "create_team"),
        ("GET", "/teams/{id}", "read_team"),
        ("PATCH", "/teams/{id}", "change_team"),
        ("DELETE", "/teams/{id}", "delete_team"),
        ("GET", "/teams/{id}/members", "list_members"),
        ("PUT", "/teams/{id}/members/{user}", "add_member"),
        ("DELETE", "/teams/{id}/members/{user}", "remove_member"),
        ("POST", "/tokens/introspect", "introspect"),
    )

    def authenticate(self, request):
        if request.headers.get("Authorization") != f"Bearer {self.secret}":
            raise Refusal(401, {"error": "unauthenticated", "message": "a valid application token is needed"}, [("WWW-Authenticate", "Bearer")])

    def not_found(self):
        return refused(404, "not_found", "there is no such thing")

    def not_allowed(self):
        return refused(405, "not_allowed", "not in this way")

    # People.

    def shown(self, row):
        keys = ("id", *TEXTS, "created_at")
        return {**{key: row[key] for key in keys}, "attributes": json.loads(row["attributes"])}

    def user(self, key):
        row = self.row("SELECT * FROM users WHERE id = ? AND deleted_at IS NULL", key)
        if row is None:
            raise self.not_found()
        return row

    def page(self, request, rows):
        offset, limit = request.number("offset", 0, 0, 1 << 40), request.number("limit", 50, 1, 100)
        return 200, {"items": rows[offset : offset + limit], "total": len(rows)}

    def list_users(self, request):
        """The search is for exactly what is asked, in the letters that it is stored in."""
        wanted = {name: request.query[name] for name in ("email", "external_ref", "status") if name in request.query}
        where = "".join(f" AND {name} = ?" for name in wanted)
        rows = self.rows(f"SELECT * FROM users WHERE deleted_at IS NULL{where} ORDER BY id", *wanted.values())
        return self.page(request, [self.shown(row) for row in rows])

    def read_user(self, _, key):
        return 200, self.shown(self.user(key))

    def body_of(self, request, known):
        body = request.json()
        if not isinstance(body, dict):
            raise refused(400, "malformed", "the body has to be a JSON object")
        problems = [{"field": name, "problem": "unknown"} for name in body if name not in known]
        return body, problems

    def checked_user(self, body, problems, stored):
        """The columns to write; all problems are told at once."""
        values = {name: body[name] for name in TEXTS if name in body}
        for name, value in values.items():
            if value is not None and not isinstance(value, str):
                problems.append({"field": name, "problem": "text"})
            elif value is not None and len(value) > 200:
                problems.append({"field": name, "problem": "too_long"})
        if problems:
            raise refused(422, "invalid", "some fields are not as they must be", details=problems)
        merged = {**stored, **values}
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", merged.get("email") or ""):
            problems.append({"field": "email", "problem": "no_address"})
        if not (merged.get("name") or "").strip():
            problems.append({"field": "name", "problem": "required"})
        if merged["status"] not in STATUSES:
            problems.append({"field": "status", "problem": "not_one_of", "values": STATUSES})
        if merged["role"] not in ROLES:
            problems.append({"field": "role", "problem": "not_one_of", "values": ROLES})
        attributes = body.get("attributes", {})
        if not isinstance(attributes, dict) or any(isinstance(value, (dict, list)) for value in attributes.values()):
            problems.append({"field": "attributes", "problem": "flat_object"})
        if problems:
            raise refused(422, "invalid", "some fields are not as they must be", details=problems)
        if "email" in values:
            values["email"] = values["email"].lower()
        kept = {**json.loads(stored.get("attributes", "{}")), **attributes}
        values["attributes"] = json.dumps({key: value for key, value in kept.items() if value is not None})
        return values

    def refuse_a_taken_address(self, email, but=-1):
        if self.row("SELECT 1 FROM users WHERE email = ? AND id <> ? AND deleted_at IS NULL", email, but):
            raise refused(409, "email_taken", "another person has this address", field="email")

    def refuse_without_an_administrator(self):
        if not self.row("SELECT 1 FROM users WHERE role = 'Admin' AND status = 'active' AND deleted_at IS NULL"):
            raise refused(409, "last_admin", "somebody has to be an active administrator")

    def create_user(self, request):
        body, problems = self.body_of(request, (*TEXTS, "attributes"))
        values = {"status": "active", "role": "Member"}
        values.update(self.checked_user(body, problems, {**values}))
        self.refuse_a_taken_address(values["email"])
        return 201, self.shown(self.user(self.insert("users", values)))

    def change_user(self, request, key):
        stored = dict(self.user(key))
        body, problems = self.body_of(request, (*TEXTS, "attributes"))
        values = self.checked_user(body, problems, stored)
        self.refuse_a_taken_address(values.get("email", stored["email"]), stored["id"])
        self.update("users", values, key)
        if stored["role"] == "Admin":
            self.refuse_without_an_administrator()
        return 200, self.shown(self.user(key))

    def delete_user(self, _, key):
        stored = self.user(key)
        self.run("UPDATE users SET deleted_at = datetime('now') WHERE id = ?", key)
        self.run("DELETE FROM team_members WHERE user_id = ?", key)
        self.run("UPDATE tokens SET revoked = 1 WHERE user_id = ?", key)
        if stored["role"] == "Admin":
            self.refuse_without_an_administrator()
        return 204

    def list_roles(self, request):
        return self.page(request, [{"name": role} for role in ROLES])

    # Teams. To add who is in, and to remove who is not, is no mistake here.

    def team(self, key):
        row = self.row("SELECT * FROM teams WHERE id = ?", key)
        if row is None:
            raise self.not_found()
        return dict(row)

    def list_teams(self, request):
        name = request.query.get("name")
        rows = self.rows("SELECT * FROM teams WHERE ? IS NULL OR name = ? ORDER BY id", name, name)
        return self.page(request, [dict(row) for row in rows])

    def read_team(self, _, key):
        return 200, self.team(key)

    def checked_team(self, request, stored, but=-1):
        body, problems = self.body_of(request, ("name", "description"))
        name = body.get("name", stored.get("name"))
        if not isinstance(name, str) or not 1 <= len(name.strip()) <= 100:
            problems.append({"field": "name", "problem": "1_to_100_characters"})
        if problems:
            raise refused(422, "invalid", "some fields are not as they must be", details=problems)
        if self.row("SELECT 1 FROM teams WHERE name = ? AND id <> ?", name, but):
            raise refused(409, "name_taken", "another team has this name", field="name")
        return {key: body[key] for key in ("name", "description") if key in body}

    def create_team(self, request):
        return 201, self.team(self.insert("teams", self.checked_team(request, {})))

    def change_team(self, request, key):
        stored = self.team(key)
        self.update("teams", self.checked_team(request, stored, stored["id"]), key)
        return 200, self.team(key)

    def delete_team(self, _, key):
        self.team(key)
        self.run("DELETE FROM teams WHERE id = ?", key)
        return 204

    def list_members(self, request, key):
        self.team(key)
        rows = self.rows("SELECT u.* FROM users u JOIN team_members m ON m.user_id = u.id WHERE m.team_id = ? ORDER BY u.id", key)
        return self.page(request, [{"id": row["id"], "email": row["email"], "name": row["name"]} for row in rows])

    def add_member(self, _, key, user):
        self.team(key)
        self.user(user)
        self.run("INSERT OR IGNORE INTO team_members VALUES (?, ?)", key, user)
        return 204

    def remove_member(self, _, key, user):
        self.team(key)
        self.run("DELETE FROM team_members WHERE team_id = ? AND user_id = ?", key, user)
        return 204

    def introspect(self, request):
        """A personal token is worth what its owner is at this moment."""
        token = (request.json() or {}).get("token")
        if not isinstance(token, str):
            raise refused(422, "invalid", "a token is needed", details=[{"field": "token", "problem": "required"}])
        owner = self.row(
            "SELECT u.id, u.email, u.role FROM tokens t JOIN users u ON u.id = t.user_id"
            " WHERE t.sha256 = ? AND NOT t.revoked AND u.status = 'active' AND u.deleted_at IS NULL",
            hashlib.sha256(token.encode()).hexdigest(),
        )
        if owner is None:
            return 200, {"active": False}
        return 200, {"active": True, "user_id": owner["id"], "email": owner["email"], "role": owner["role"]}

    # The state as a whole.

    def seed(self, data):
        for user in data.get("users", []):
            tokens = user.pop("tokens", [])
            values = {"status": "active", "role": "Member", **user, "attributes": json.dumps(user.get("attributes", {}))}
            key = self.insert("users", values)
            for token in tokens:
                self.insert("tokens", {"sha256": hashlib.sha256(token.encode()).hexdigest(), "user_id": key})
        for team in data.get("teams", []):
            members = team.pop("members", [])
            key = self.insert("teams", team)
            for email in members:
                self.run("INSERT INTO team_members SELECT ?, id FROM users WHERE email = ?", key, email)

    def dump(self):
        users = [
            {**{key: row[key] for key in TEXTS}, "attributes": json.loads(row["attributes"]), "deleted": row["deleted_at"] is not None}
            for row in self.rows("SELECT * FROM users ORDER BY email, id")
        ]
        members = "SELECT u.email FROM users u JOIN team_members m ON m.user_id = u.id WHERE m.team_id = ? ORDER BY 1"
        teams = [
            {"name": row["name"], "description": row["description"], "members": [member["email"] for member in self.rows(members, row["id"])]}
            for row in self.rows("SELECT * FROM teams ORDER BY name")
        ]
        return {"users": users, "teams": teams}


if __name__ == "__main__":
    legacy.main(DataQuality)
