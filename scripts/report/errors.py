"""What a person gets to see when something that they gave can't be used."""


class UserError(Exception):
    """One sentence: what was wrong, where, what to do. Ends the program with exit code 2."""
