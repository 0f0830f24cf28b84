"""What a project needs before it may go on: the facts and papers that the gate table asks for."""
