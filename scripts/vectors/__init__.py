"""Known answers of the protocol, made from its documented rules alone."""
