"""The pack station in the browser, and what the packer is shown."""
