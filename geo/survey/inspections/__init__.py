"""Which lines are due, what did both sides find in the field, and what remains to be settled?"""
