"""How do lines get their order and words, and how are those of a city derived and stored?"""
