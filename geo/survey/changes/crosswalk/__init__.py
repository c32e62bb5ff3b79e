"""What part of each division of one day lies in which of another, and what do old figures make?"""
