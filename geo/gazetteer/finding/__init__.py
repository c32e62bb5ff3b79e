"""How are the keys of names looked up in one round trip, filtered, and told apart?"""
