"""What a leaving person held gets new holders in one act, with a list that both sign."""
