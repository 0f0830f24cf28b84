"""`python -m wutong.cli`: the same as `wutong`, for children that must use this very interpreter."""

import sys

from wutong.cli.main import main

sys.exit(main())
