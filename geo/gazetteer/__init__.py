"""Which place has this name, what was it called, and on which list does it stand?"""
