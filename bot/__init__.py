"""每日一学: a chatbot that turns study material into a daily habit. ARCHITECTURE.md shows the house."""
