"""Through which doors does one use the atlas? HTTP routes and the command line."""
