"""What goes in and out over HTTP, in typed form? Parameters, bodies and answers."""
