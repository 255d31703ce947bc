#!/usr/bin/env python3
"""Django's command line for the test application."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legacy")
    execute_from_command_line(sys.argv)
