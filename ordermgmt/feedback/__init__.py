"""The shop's side of feedback: follow-ups, question sets, findings, the assessment of the stages and what is done."""
