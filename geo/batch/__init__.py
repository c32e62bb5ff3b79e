"""How is a question on a whole nation answered piece by piece, on one machine or on many?"""
