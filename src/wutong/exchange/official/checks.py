"""What the start tells about fonts."""

from collections.abc import Sequence
from typing import Any

from django.core import checks

from wutong.exchange.official.typefaces import NO_CHINESE_FONT, has_chinese_font


@checks.register
def a_chinese_font_is_installed(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Without a Chinese font a PDF is refused; everything else works."""
    if has_chinese_font():
        return []
    return [checks.Warning(str(NO_CHINESE_FONT), id="exchange.W001")]
