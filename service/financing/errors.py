"""The refusal of a contract's terms."""


class TermsError(ValueError):
    """Terms that cannot be computed, or that the law does not allow.

    `code` selects the sentence shown, `pointer` is the RFC 6901 pointer of the field at fault in
    the request, `values` fill the sentence.
    """

    def __init__(self, code: str, pointer: str, **values: object) -> None:
        super().__init__(f"{code} at {pointer}")
        self.code = code
        self.pointer = pointer
        self.values = values

    def under(self, prefix: str) -> "TermsError":
        """The same refusal for terms that stand under `prefix` in a larger request."""
        return TermsError(self.code, prefix + self.pointer, **self.values)
