"""Ending without a failed request: what a process says of itself from SIGTERM until it stops listening."""


class Drain:
    """Whether this process is on its way out.

    It still answers every request meanwhile. `/readyz` refuses, so that a proxy sends new ones elsewhere, and
    each answer closes its connection, so that a client does not send the next one where nobody will listen.
    """

    def __init__(self) -> None:
        self.begun = False

    def begin(self) -> None:
        """From now on."""
        self.begun = True
