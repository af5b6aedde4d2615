"""One turn of a buyer: its messages judged, alone, in parts or together, and put together to one decision."""
