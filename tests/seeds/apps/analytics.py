#!/usr/bin/env python3
"""An analytics service: people by the subject of their sign-on, groups that are only named on the people in
them. Lists are walked by a cursor and searched by a filter in a language of its own; a change is a merge
patch (RFC 7396), and a group that gets another name leaves the old one on its people.
"""

import json
import re
import secrets
import time
from urllib.parse import urlencode

import legacy
from legacy import Refusal

STATUSES = ("active", "disabled")
FILTER = re.compile(r'(\w+) eq ("(?:[^"\\]|\\.)*")')
SUBJECT = re.compile(r"idp\\.+")
WRITTEN = ("subject", "email", "name", "status", "assignedGroups")


def refused(status, code, title, **more):
    return Refusal(status, {"errors": [{"code": code, "title": title, **more}]})


class Analytics(legacy.Application):
    NAME = "analytics"
    BASE = "/api/v1"
    TABLES = """
        CREATE TABLE IF NOT EXISTS users (
            position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL UNIQUE,
            email TEXT NOT NULL COLLATE NOCASE UNIQUE, name TEXT NOT NULL, status TEXT NOT NULL, assignedGroups TEXT NOT NULL,
            createdAt INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS groups (
            position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, externalId TEXT,
            createdAt INTEGER NOT NULL);
    """
    ROUTES = (
        ("GET", "/users", "list_users"),
        ("POST", "/users", "create_user"),
        ("GET", "/users/{id}", "read_user"),
        ("PATCH", "/users/{id}", "change_user"),
        ("DELETE", "/users/{id}", "delete_user"),
        ("GET", "/groups", "list_groups"),
        ("POST", "/groups", "create_group"),
        ("GET", "/groups/{id}", "read_group"),
        ("PATCH", "/groups/{id}", "change_group"),
        ("DELETE", "/groups/{id}", "delete_group"),
    )

    def authenticate(self, request):
        if request.headers.get("X-Api-Key") != self.secret:
            raise refused(403, "AUTH-1", "Not allowed")

    def not_found(self):
        return refused(404, "RES-404", "Not found")

    def not_allowed(self):
        return refused(405, "RES-405", "Method not allowed")

    # Lists.

    def listed(self, request, table, filtered):
        """A page, and the address of the next one with everything that was asked for."""
        where, values = "1 = 1", []
        if "filter" in request.query:
            match = FILTER.fullmatch(request.query["filter"])
            if not match or match[1] not in filtered:
                raise refused(400, "FLT-1", "Malformed filter")
            where, values = filtered[match[1]], [json.loads(match[2])]
        limit, cursor = request.number("limit", 20, 1, 100), request.number("cursor", 0, 0, 1 << 60)
        rows = self.rows(f"SELECT * FROM {table} WHERE position > ? AND {where} ORDER BY position LIMIT ?", cursor, *values, limit + 1)
        links = {}
        if len(rows) > limit:
            query = {**request.query, "cursor": rows[limit - 1]["position"], "limit": limit}
            links["next"] = {"href": f"http://{request.headers.get('Host')}{request.path}?{urlencode(query)}"}
        return {"data": rows[:limit], "links": links}

    def body_of(self, request, known):
        body = request.json()
        if request.method == "PATCH" and request.media_type() != "application/merge-patch+json":
            raise refused(415, "BODY-415", "A change is a merge patch")
        if not isinstance(body, dict):
            raise refused(400, "BODY-1", "No JSON object")
        unknown = sorted(name for name in body if name not in known)
        if unknown:
            raise refused(400, "BODY-2", "Unknown properties", properties=unknown)
        return body

    # People.

    def shown(self, row):
        keys = ("id", "subject", "email", "name", "status", "createdAt")
        return {**{key: row[key] for key in keys}, "assignedGroups": json.loads(row["assignedGroups"])}

    def found(self, table, key):
        row = self.row(f"SELECT * FROM {table} WHERE id = ?", key)
        if row is None:
            raise self.not_found()
        return row

    def list_users(self, request):
        named = "EXISTS (SELECT 1 FROM json_each(assignedGroups) AS g WHERE g.value ->> 'name' = ?)"
        filtered = {"email": "email = ?", "subject": "subject = ?", "status": "status = ?", "assignedGroups": named}
        page = self.listed(request, "users", filtered)
        return 200, {**page, "data": [self.shown(row) for row in page["data"]]}

    def read_user(self, _, key):
        return 200, self.shown(self.found("users", key))

    def checked(self, record, before=()):
        """A name of a group may stay on a person when the group is gone, but nobody is given such a one."""
        for name in ("subject", "email", "name", "status"):
            value = record.get(name)
            if not isinstance(value, str) or not 1 <= len(value) <= 255:
                raise refused(400, "VAL-1", "Missing or invalid", property=name)
        if not SUBJECT.fullmatch(record["subject"]):
            raise refused(400, "VAL-2", "The subject does not name its provider", property="subject")
        if record["status"] not in STATUSES:
            raise refused(400, "VAL-3", "Neither active nor disabled", property="status")
        groups = record["assignedGroups"]
        if not isinstance(groups, list) or not all(isinstance(group, dict) and set(group) == {"name"} for group in groups):
            raise refused(400, "VAL-4", "Groups are objects with a name", property="assignedGroups")
        unknown = [group["name"] for group in groups if group not in before and not self.row("SELECT 1 FROM groups WHERE name = ?", group["name"])]
        if unknown:
            raise refused(400, "VAL-5", "Unknown groups", property="assignedGroups", values=unknown)
        for name in ("email", "subject"):
            if self.row(f"SELECT 1 FROM users WHERE {name} = ? AND id <> ?", record[name], record["id"]):
                raise refused(409, "DUP-1", "Already in use", property=name)
        return {**record, "assignedGroups": json.dumps(groups)}

    def create_user(self, request):
        body = self.body_of(request, WRITTEN)
        made = {"id": secrets.token_hex(12), "createdAt": int(time.time()), "status": "active", "assignedGroups": []}
        record = self.checked({**made, **body})
        self.insert("users", record)
        return 201, self.shown(self.found("users", record["id"]))

    def change_user(self, request, key):
        stored = dict(self.found("users", key))
        stored["assignedGroups"] = json.loads(stored["assignedGroups"])
        merged = {**stored, **self.body_of(request, WRITTEN)}
        merged["assignedGroups"] = merged["assignedGroups"] or []
        record = self.checked(merged, stored["assignedGroups"])
        self.update("users", {name: record[name] for name in WRITTEN}, key)
        return 204

    def delete_user(self, _, key):
        self.found("users", key)
        self.run("DELETE FROM users WHERE id = ?", key)
        return 204

    # Groups.

    def list_groups(self, request):
        page = self.listed(request, "groups", {"name": "name = ?", "externalId": "externalId = ?"})
        return 200, {**page, "data": [self.group(row) for row in page["data"]]}

    def group(self, row):
        return {key: row[key] for key in ("id", "name", "externalId", "createdAt")}

    def read_group(self, _, key):
        return 200, self.group(self.found("groups", key))

    def checked_group(self, record):
        if not isinstance(record.get("name"), str) or not 1 <= len(record["name"]) <= 255:
            raise refused(400, "VAL-1", "Missing or invalid", property="name")
        if self.row("SELECT 1 FROM groups WHERE name = ? AND id <> ?", record["name"], record["id"]):
            raise refused(409, "DUP-1", "Already in use", property="name")
        return record

    def create_group(self, request):
        made = {"id": secrets.token_hex(12), "createdAt": int(time.time())}
        record = self.checked_group({**made, **self.body_of(request, ("name", "externalId"))})
        self.insert("groups", record)
        return 201, self.group(self.found("groups", record["id"]))

    def change_group(self, request, key):
        body = self.body_of(request, ("name", "externalId"))
        self.checked_group({**self.group(self.found("groups", key)), **body})
        self.update("groups", body, key)
        return 204

    def delete_group(self, _, key):
        self.found("groups", key)
        self.run("DELETE FROM groups WHERE id = ?", key)
        return 204

    # The state as a whole.

    def seed(self, data):
        for group in data.get("groups", []):
            self.insert("groups", {"id": secrets.token_hex(12), "createdAt": 0, **group})
        for user in data.get("users", []):
            groups = json.dumps([{"name": name} for name in user.pop("groups", [])])
            self.insert("users", {"id": secrets.token_hex(12), "createdAt": 0, "status": "active", "assignedGroups": groups, **user})

    def dump(self):
        users = [
            {
                **{key: row[key] for key in ("subject", "email", "name", "status")},
                "assignedGroups": sorted(group["name"] for group in json.loads(row["assignedGroups"])),
            }
            for row in self.rows("SELECT * FROM users ORDER BY email")
        ]
        groups = [{"name": row["name"], "externalId": row["externalId"]} for row in self.rows("SELECT * FROM groups ORDER BY name")]
        return {"users": users, "groups": groups}


if __name__ == "__main__":
    legacy.main(Analytics)
