"""Why a workbook cannot be read: a code with its details. `refusals` says it in words; the child has no Django."""


class Unreadable(Exception):
    """`code` is a key of `refusals.SENTENCES`; `detail` fills its placeholders."""

    def __init__(self, code: str, **detail: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
