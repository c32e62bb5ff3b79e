"""What does a team take into the field, in one file that needs no network?"""
