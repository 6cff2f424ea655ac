"""The words of mails to customers: the program's own, or what the shop wrote instead."""
