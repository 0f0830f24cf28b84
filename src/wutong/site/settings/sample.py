"""The sample zone: as `embedded`, and every page says that its data are invented."""

from .embedded import *  # noqa: F403

WUTONG_SAMPLE = True
