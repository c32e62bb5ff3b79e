"""How do files from outside become checked rows with provenance?"""
