"""The stations in the browser: pages for handhelds, and the JSON that they speak with the shop."""
