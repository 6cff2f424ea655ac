"""What is checked before a stack starts on a well-known port."""

import errno
import socket

from ordermgmt.stack.errors import StackError


def check_port(port: int) -> None:
    """Say that it is taken before anything has been started."""
    if not 0 < port < 65_536:
        raise StackError(f"PORT={port} is not a port; it must be between 1 and 65535.")
    with socket.socket() as probe:
        # As the web server does: connections of the last run that are still closing do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise StackError(f"Port {port} may only be used by root. Choose another one: PORT=8000.") from None
            raise StackError(f"Port {port} is busy. Choose another one: PORT={port + 1}.") from None
