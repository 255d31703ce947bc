"""What the runners in this folder share: a SCIM client on the standard library, the count of verdicts, a venv.

A runner reads SCIM_URL, SCIM_TOKEN and SCIM_CACERT, prints a line for each failure, and closes with
`N passed, M failed, K skipped`; it exits 0 only when nothing failed and something passed.
"""

import json
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Answer:
    """Status 0 stands for a server that gave no answer; `body` is None when it was empty or no JSON."""

    def __init__(self, status, raw):
        self.status = status
        self.text = raw[:160].decode("utf-8", "replace")
        try:
            self.body = json.loads(raw) if raw.strip() else None
        except (ValueError, RecursionError):
            self.body = None

    @property
    def resource(self):
        return self.body if isinstance(self.body, dict) else {}

    @property
    def is_broken(self):
        return self.status == 0 or self.status >= 500


class Client:
    def __init__(self):
        self.base = required("SCIM_URL").rstrip("/")
        self.token = required("SCIM_TOKEN")
        handlers = [urllib.request.ProxyHandler({})]
        if self.base.startswith("https:"):
            trust = ssl.create_default_context(cafile=os.environ.get("SCIM_CACERT") or None)
            handlers.append(urllib.request.HTTPSHandler(context=trust))
        self.opener = urllib.request.build_opener(*handlers)

    def call(self, method, path, body=None, query=None):
        url = self.base + path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/scim+json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/scim+json"
        try:
            with self.opener.open(urllib.request.Request(url, data, headers, method=method), timeout=60) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.read())
        except OSError as problem:
            return Answer(0, f"no answer: {problem}".encode())


class Tally:
    """Counts verdicts. What SCIM_APPLICATION cannot do (cannot.json) is skipped, and must still be impossible."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.cannot = [[check, why, False] for check, why in impossible(os.path.basename(sys.argv[0]))]

    def judge(self, name, reason):
        """An empty reason is a pass."""
        known = [entry for entry in self.cannot if reason and re.search(entry[0], f"{name}: {reason}")]
        if known:
            known[0][2] = True
            self.skip(name, known[0][1])
        elif reason:
            self.failed += 1
            print(f"FAIL  {name}: {reason}"[:500])
        else:
            self.passed += 1

    def skip(self, name, reason):
        self.skipped += 1
        print(f"skip  {name}: {reason}"[:500])

    def close(self):
        for check, why, was_met in self.cannot:
            if not was_met:
                self.judge(f"cannot.json says: {why}", f"nothing that `{check}` matches failed")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed or not self.passed else 0)


def impossible(suite):
    """What SCIM_APPLICATION cannot do of a suite: expressions on a failed check's line (None for all), each with the reason."""
    entries = data("cannot.json").get(os.environ.get("SCIM_APPLICATION"), [])
    return [(entry.get("check"), entry["why"]) for entry in entries if suite in entry["suites"]]


def required(name):
    return os.environ.get(name) or sys.exit(f"set {name}")


def path_of(collection, resource_id):
    return f"/{collection}/" + urllib.parse.quote(resource_id, safe="")


def refusal_differs(error, answer):
    """'' when the answer is the error that a vector asks for; `scimType` lists the acceptable words."""
    if answer.status != error["status"]:
        return f"status {answer.status}, expected {error['status']}"
    wanted = error.get("scimType")
    if wanted and answer.resource.get("scimType") not in wanted:
        return f"scimType {answer.resource.get('scimType')!r}, expected {' or '.join(wanted)}"
    return ""


def outcomes_of(expect):
    return expect["any"] if "any" in expect else [expect]


def data(file_name):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), file_name), encoding="utf-8") as file:
        return json.load(file)


def venv_python(name, *requirements):
    """The Python of a venv that holds these requirements, made when it is missing."""
    lib = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "apps", "lib.sh")
    script = 'app=conformance; . "$1"; shift; mkdir -p "$home"; need_venv "$@"'
    made = subprocess.run(["bash", "-c", script, "venv", lib, name, *requirements], stdout=subprocess.PIPE, text=True)
    if made.returncode:
        sys.exit(f"cannot install {' '.join(requirements)}")
    return made.stdout.strip()


def restart_in_venv(name, *requirements):
    """Runs the calling script again with the venv's Python, unless that is what runs it."""
    python = venv_python(name, *requirements)
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(python))):
        os.execv(python, [python, "-B", os.path.abspath(sys.argv[0]), *sys.argv[1:]])
