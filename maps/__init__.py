"""What is rendered: pages, saved files; results come in, files go out."""
