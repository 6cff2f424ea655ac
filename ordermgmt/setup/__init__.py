"""Settings: what a shop's people set up themselves, with forms and a sentence for each."""
