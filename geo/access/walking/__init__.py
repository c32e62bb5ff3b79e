"""How far do people walk to facilities, along the stored roads?"""
