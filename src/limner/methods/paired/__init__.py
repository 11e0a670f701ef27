"""`paired`: the conditional-GAN baseline that every paper of the field compares with."""
