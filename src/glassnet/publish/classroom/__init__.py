"""A practice index for a whole class: a token for each student, a shelf for what is missing, a page for the teacher."""
