"""How is a joint inspection reported, and what does the new register look like?"""
