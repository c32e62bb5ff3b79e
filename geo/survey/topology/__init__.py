"""Which borders do divisions share, where do these meet, and do the areas fit each other?"""
