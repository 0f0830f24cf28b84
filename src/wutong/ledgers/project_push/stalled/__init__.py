"""The finder of stalled projects (签约未开工、开工未投产): rules, rows, words and its list."""
