#!/usr/bin/env python3
"""A platform for forms: people with a licence, folders that they may open, metadata that its customers
name. It takes a record only as a whole: what a PUT leaves out is as if it had never been said. A person is
never deleted here, only deactivated.
"""

import base64
import json
import uuid

import legacy
from legacy import Refusal

LICENCES = ("Premium", "Standard")
WEB_ROLES = (None, "ReadOnly", "User", "Admin", "EnterpriseAdmin")
LOGIN_METHODS = ("BuiltIn", "External")
NEVER_SAID = {
    "externalId": None,
    "firstName": None,
    "lastName": None,
    "email": None,
    "licenceType": None,
    "webRole": None,
    "isActive": False,
    "loginMethod": "BuiltIn",
    "folderIds": [],
    "metadata": {},
}


def refused(status, message, **fields):
    return Refusal(status, {"message": message, "modelState": {name: [problem] for name, problem in fields.items()}})


def as_text(value):
    """How the platform makes a text of what is none: truth has a capital, and a number loses what it can."""
    if isinstance(value, bool):
        return "True" if value else "False"
    return value if isinstance(value, str) else format(value, "g")


class Forms(legacy.Application):
    NAME = "forms"
    BASE = "/v2"
    TABLES = """
        CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL COLLATE NOCASE UNIQUE, externalId TEXT, record TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS folders (id TEXT PRIMARY KEY, externalId TEXT UNIQUE, name TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE UNIQUE, externalId TEXT);
        CREATE TABLE IF NOT EXISTS group_users (
            group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE, user_id INTEGER NOT NULL REFERENCES users,
            PRIMARY KEY (group_id, user_id));
    """
    ROUTES = (
        ("GET", "/users", "list_users"),
        ("POST", "/users", "create_user"),
        ("GET", "/users/{id}", "read_user"),
        ("PUT", "/users/{id}", "replace_user"),
        ("GET", "/folders", "list_folders"),
        ("GET", "/folders/{id}", "read_folder"),
        ("GET", "/groups", "list_groups"),
        ("POST", "/groups", "create_group"),
        ("GET", "/groups/{id}", "read_group"),
        ("PUT", "/groups/{id}", "replace_group"),
        ("DELETE", "/groups/{id}", "delete_group"),
        ("GET", "/groups/{id}/users", "list_members"),
        ("POST", "/groups/{id}/users", "add_members"),
        ("DELETE", "/groups/{id}/users/{user}", "remove_member"),
    )

    @staticmethod
    def options(parser):
        parser.add_argument("--user", default="api")

    def authenticate(self, request):
        known = base64.b64encode(f"{self.settings.user}:{self.secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {known}":
            raise Refusal(401, {"message": "Who are you?"}, [("WWW-Authenticate", 'Basic realm="forms"')])

    def not_found(self):
        return refused(404, "There is nothing here.")

    def not_allowed(self):
        return refused(405, "The platform does not do this.")

    def page(self, request, rows):
        page, size = request.number("page", 1, 1, 1 << 32), request.number("pageSize", 25, 1, 50)
        return 200, {"results": rows[(page - 1) * size : page * size], "count": len(rows)}

    def found(self, table, key):
        row = self.row(f"SELECT * FROM {table} WHERE id = ?", key)
        if row is None:
            raise self.not_found()
        return row

    # People.

    def shown(self, row):
        return {"id": row["id"], **json.loads(row["record"])}

    def list_users(self, request):
        wanted = {name: request.query[name] for name in ("email", "externalId") if name in request.query}
        where = " AND ".join(["1 = 1", *(f"{name} = ?" for name in wanted)])
        return self.page(request, [self.shown(row) for row in self.rows(f"SELECT * FROM users WHERE {where} ORDER BY id", *wanted.values())])

    def read_user(self, _, key):
        return 200, self.shown(self.found("users", key))

    def whole(self, request, but=-1):
        """A record of which every part was said or is reset, as by null. What is not known is passed over in silence."""
        body = request.json()
        if not isinstance(body, dict):
            raise refused(400, "The request is invalid.")
        record = {name: reset if body.get(name) is None else body[name] for name, reset in NEVER_SAID.items()}
        wrong = {}
        for name in ("firstName", "lastName", "email"):
            if not isinstance(record[name], str) or not record[name].strip():
                wrong[name] = "The field is required."
        if record["licenceType"] not in LICENCES:
            wrong["licenceType"] = "The licence type must be Premium or Standard."
        if record["webRole"] not in WEB_ROLES:
            wrong["webRole"] = "There is no such role."
        if record["loginMethod"] not in LOGIN_METHODS:
            wrong["loginMethod"] = "There is no such login method."
        if not isinstance(record["isActive"], bool):
            wrong["isActive"] = "The value is not true or false."
        folders = record["folderIds"]
        if not isinstance(folders, list) or any(self.row("SELECT 1 FROM folders WHERE id = ?", str(folder)) is None for folder in folders):
            wrong["folderIds"] = "There is no such folder."
        metadata = record["metadata"]
        if not isinstance(metadata, dict) or any(isinstance(value, (dict, list)) for value in metadata.values()):
            wrong["metadata"] = "Metadata are names and values."
        if wrong:
            raise refused(400, "The request is invalid.", **wrong)
        if self.row("SELECT 1 FROM users WHERE email = ? AND id <> ?", record["email"], but):
            raise refused(400, "The request is invalid.", email="A user with this email address exists already.")
        record["folderIds"] = list(dict.fromkeys(folders))
        record["metadata"] = {name: as_text(value) for name, value in metadata.items() if value is not None}
        return {"email": record["email"], "externalId": record["externalId"], "record": json.dumps(record)}

    def create_user(self, request):
        key = self.insert("users", self.whole(request))
        return 201, {"id": key}, [("Location", f"{self.BASE}/users/{key}")]

    def replace_user(self, request, key):
        row = self.found("users", key)
        self.update("users", self.whole(request, row["id"]), key)
        return 204

    # Folders are made by people, not by applications.

    def list_folders(self, request):
        wanted = request.query.get("externalId")
        return self.page(request, [dict(row) for row in self.rows("SELECT * FROM folders WHERE ? IS NULL OR externalId = ? ORDER BY name, id", wanted, wanted)])

    def read_folder(self, _, key):
        return 200, dict(self.found("folders", key))

    # Groups.

    def list_groups(self, request):
        name = request.query.get("name")
        return self.page(request, [dict(row) for row in self.rows("SELECT * FROM groups WHERE ? IS NULL OR name = ? ORDER BY id", name, name)])

    def read_group(self, _, key):
        return 200, dict(self.found("groups", key))

    def whole_group(self, request, but=-1):
        body = request.json()
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise refused(400, "The request is invalid.", name="The field is required.")
        if self.row("SELECT 1 FROM groups WHERE name = ? AND id <> ?", name, but):
            raise refused(400, "The request is invalid.", name="A group with this name exists already.")
        return {"name": name, "externalId": body.get("externalId")}

    def create_group(self, request):
        key = self.insert("groups", self.whole_group(request))
        return 201, {"id": key}, [("Location", f"{self.BASE}/groups/{key}")]

    def replace_group(self, request, key):
        row = self.found("groups", key)
        self.update("groups", self.whole_group(request, row["id"]), key)
        return 204

    def delete_group(self, _, key):
        self.found("groups", key)
        self.run("DELETE FROM groups WHERE id = ?", key)
        return 204

    def list_members(self, request, key):
        self.found("groups", key)
        rows = self.rows("SELECT u.id, u.email FROM users u JOIN group_users m ON m.user_id = u.id WHERE m.group_id = ? ORDER BY u.id", key)
        return self.page(request, [dict(row) for row in rows])

    def add_members(self, request, key):
        self.found("groups", key)
        body = request.json()
        ids = body.get("ids") if isinstance(body, dict) else None
        if not isinstance(ids, list) or any(self.row("SELECT 1 FROM users WHERE id = ?", user) is None for user in ids):
            raise refused(400, "The request is invalid.", ids="There is no such user.")
        for user in ids:
            if self.row("SELECT 1 FROM group_users WHERE group_id = ? AND user_id = ?", key, user):
                raise refused(400, "The request is invalid.", ids="The user is in the group already.")
            self.run("INSERT INTO group_users VALUES (?, ?)", key, user)
        return 204

    def remove_member(self, _, key, user):
        self.found("groups", key)
        if not self.run("DELETE FROM group_users WHERE group_id = ? AND user_id = ?", key, user).rowcount:
            raise self.not_found()
        return 204

    # The state as a whole.

    def seed(self, data):
        folders = {}
        for folder in data.get("folders", []):
            folders[folder["name"]] = key = folder.get("id") or str(uuid.uuid4())
            self.insert("folders", {"id": key, "externalId": folder.get("externalId"), "name": folder["name"]})
        for user in data.get("users", []):
            record = {**NEVER_SAID, "isActive": True, **user}
            record["folderIds"] = [folders[name] for name in user.get("folders", [])]
            record.pop("folders", None)
            self.insert("users", {"email": record["email"], "externalId": record["externalId"], "record": json.dumps(record)})
        for group in data.get("groups", []):
            members = group.pop("members", [])
            key = self.insert("groups", group)
            for email in members:
                self.run("INSERT INTO group_users SELECT ?, id FROM users WHERE email = ?", key, email)

    def dump(self):
        """A folder is told by its name, since its id may be made up."""
        names = {row["id"]: row["name"] for row in self.rows("SELECT id, name FROM folders")}
        users = []
        for row in self.rows("SELECT record FROM users ORDER BY email"):
            record = json.loads(row["record"])
            record["folders"] = sorted(names[folder] for folder in record.pop("folderIds"))
            users.append(record)
        members = "SELECT u.email FROM users u JOIN group_users m ON m.user_id = u.id WHERE m.group_id = ? ORDER BY 1"
        groups = [
            {"name": row["name"], "externalId": row["externalId"], "members": [member["email"] for member in self.rows(members, row["id"])]}
            for row in self.rows("SELECT * FROM groups ORDER BY name")
        ]
        return {"users": users, "groups": groups, "folders": sorted(names.values())}


if __name__ == "__main__":
    legacy.main(Forms)
