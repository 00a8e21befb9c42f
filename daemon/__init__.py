"""The watch-folder service and the command line: folders -> deliveries -> jobs -> workers."""
