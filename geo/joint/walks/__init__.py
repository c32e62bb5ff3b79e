"""「老地名·边界行」: how is a stretch of boundary walked, past which names and markers?"""
