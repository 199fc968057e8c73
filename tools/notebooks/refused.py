"""Why a notebook cannot be run or stored."""


class RefusedError(Exception):
    """A notebook is left as it was; the message says why."""
