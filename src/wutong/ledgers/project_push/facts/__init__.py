"""What is recorded about a project besides its life: nodes, year plans, money, participants, visits, photos."""
