"""The server's end of all visits: how many there may be, their websockets, and their end."""
