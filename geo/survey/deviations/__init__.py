"""How far do markers stand from where their archive puts them, and from their line?"""
