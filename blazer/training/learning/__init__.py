"""Learning: data sets to students, with TRL's trainers."""
