"""What the running application thinks of an account or a group, asked through Django's own models and log-in.

    login USER PASSWORD         exit 0 when Django lets this account in, 1 when it does not, 2 when it gives no answer
    user USER                   one line of JSON, or null
    group NAME                  one line of JSON, or null
    set-password USER PASSWORD  as an administrator would, so that a log-in can be tried
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["DJANGO_SETTINGS_MODULE"] = "legacy"

import django  # noqa: E402

django.setup()

from django.contrib.auth import authenticate  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402


def login(username, password):
    return 0 if authenticate(username=username, password=password) else 1


def user(username):
    found = User.objects.filter(username=username).first()
    view = found and {
        "id": found.pk,
        "username": found.username,
        "first_name": found.first_name,
        "last_name": found.last_name,
        "email": found.email,
        "is_active": found.is_active,
        "is_staff": found.is_staff,
        "is_superuser": found.is_superuser,
        "has_usable_password": found.has_usable_password(),
        "date_joined": found.date_joined.isoformat(),
        "groups": sorted(found.groups.values_list("name", flat=True)),
    }
    print(json.dumps(view))
    return 0


def group(name):
    found = Group.objects.filter(name=name).first()
    view = found and {
        "id": found.pk,
        "name": found.name,
        "members": sorted(found.user_set.values_list("username", flat=True)),
    }
    print(json.dumps(view))
    return 0


def set_password(username, password):
    found = User.objects.get(username=username)
    found.set_password(password)
    found.save(update_fields=["password"])
    return 0


QUESTIONS = {"login": (login, 2), "user": (user, 1), "group": (group, 1), "set-password": (set_password, 2)}

if __name__ == "__main__":
    question, arguments = QUESTIONS.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if question is None or len(sys.argv) != 2 + arguments:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        sys.exit(question(*sys.argv[2:]))
    except Exception as problem:  # exit 1 is an answer; everything that is none is exit 2
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        sys.exit(2)
