"""How do place names leave and come in: Linked Places, LP-TSV, national JSON, tables?"""
