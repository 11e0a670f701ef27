"""`matte`: the soft alpha of head, hair and shoulders, learnt from keyed studio portraits."""
