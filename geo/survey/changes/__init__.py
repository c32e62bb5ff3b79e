"""How did divisions change: by which kind of act, from what to what, and what does it move?"""
