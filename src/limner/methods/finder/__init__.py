"""`finder`: the net that finds faces and their five points, taught by YuNet on freely licensed portraits."""
