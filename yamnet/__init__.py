"""YAMNet, Google's AudioSet classifier, in torch: the room of a backbone yet to come."""
