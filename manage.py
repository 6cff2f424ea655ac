#!/usr/bin/env python
"""Django's command line. In development it brings its own PostgreSQL when no stack is running."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import ProgrammingError
from psycopg2.errors import UndefinedTable

from ordermgmt.stack.borrowed import database_for_command
from ordermgmt.stack.errors import StackError


def main() -> None:
    """Run one command, with a database if it needs one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordermgmt.settings")
    try:
        with database_for_command(sys.argv[1:]) as is_new:
            if is_new:
                execute_from_command_line([sys.argv[0], "migrate", "--verbosity=0"])
            execute_from_command_line(sys.argv)
    except StackError as error:
        sys.exit(str(error))
    except ProgrammingError as error:
        if not isinstance(error.__cause__, UndefinedTable):
            raise
        sys.exit("The database has no tables, or old ones: run `manage.py migrate` first (`make run` does it).")


if __name__ == "__main__":
    main()
