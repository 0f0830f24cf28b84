"""One module per command; see `wutong.cli.main.Command` for what a module provides."""
