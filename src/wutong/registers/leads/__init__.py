"""Which leader answers for which firm and which chain (挂钩), from when to when."""
