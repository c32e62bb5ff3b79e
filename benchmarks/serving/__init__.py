"""Parts of `benchmarks/serve.py`: rows, servers, and the one who asks them."""
