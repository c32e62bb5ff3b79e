"""Do real inputs that nobody here wrote come through?"""
