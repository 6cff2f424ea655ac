"""The words of the mails to customers, as the shop's people read and change them."""
