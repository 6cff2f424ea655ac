"""Documents of the warehouse on screen: one as PDF, many as a job."""
