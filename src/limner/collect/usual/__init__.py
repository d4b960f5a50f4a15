"""Messages in their most usual form, a whole lot at once by compiled kernels."""
