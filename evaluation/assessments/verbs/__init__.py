"""What people do in evaluation, and the arithmetic of a result from the rows of a case."""
