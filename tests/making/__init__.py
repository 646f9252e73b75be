"""Documents made for tests: PDF and Word files written by hand, so that every odd thing can be put into them."""
