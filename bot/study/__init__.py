"""Use cases, named by what people do. No wording, no SQL; time is an argument."""
