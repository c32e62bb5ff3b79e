"""What is known of boundary markers (界桩): numbers, register, positions, reference objects?"""
