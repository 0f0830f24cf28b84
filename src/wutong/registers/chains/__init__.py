"""Industrial chains: nodes, firms on them, the leader and the liaison of each."""
