"""Does the service answer every question over HTTP, and refuse what is wrong?"""
