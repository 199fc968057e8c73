"""What is stored in a notebook beside text and code: outputs, stamp, facts, folds."""
