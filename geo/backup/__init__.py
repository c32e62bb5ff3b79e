"""How is all that the atlas holds kept in one file, and brought back whole?"""
