"""Which faults can a coverage or a set of boundary lines have, and where?"""
