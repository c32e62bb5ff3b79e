"""Which addresses answer which questions? One module per wing."""
