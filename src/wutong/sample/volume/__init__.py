"""A zone of any size, for measuring: invented firms, projects and cases with sound chains.

Projects and firms come through the same services as everywhere. The many other cases are copies: a few are worked by
`act` as people would, then copied under new numbers, titles and holders, and sealed again by the functions that seal
every change. `wutong verify` finds nothing wrong with the result.
"""
