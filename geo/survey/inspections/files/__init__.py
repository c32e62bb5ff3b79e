"""What do files from the field hold: tracks, filled forms, photos?"""
