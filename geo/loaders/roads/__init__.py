"""How does a delivered road network, whatever its format, become edges between junctions?"""
