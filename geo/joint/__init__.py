"""What needs two wings: divisions that change and who is cared for, lines and names, walks."""
