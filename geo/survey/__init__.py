"""Where do boundaries run, where do they meet, and how did they change?"""
