"""What every other part stands on: accounts, audit, keys, files, calendar, money, errors."""
