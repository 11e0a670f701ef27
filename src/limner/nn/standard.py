"""Convolutions that learn faster: their weights standardised while a network is trained, plain afterwards."""

from torch import Tensor, nn
from torch.nn.utils import parametrize

_SMALL = 1e-5  # of a spread, lest weights that are all alike divide by 0


class Standardised(nn.Module):
    """A convolution's weight as a learned gain times a tensor of zero mean and unit norm, for each output.

        w = g (v - mean v) / (std v sqrt(n)),    n weights an output

    Source: scaled weight standardization of Brock, De and Smith, Characterizing signal propagation to close
    the performance gap in unnormalized ResNets (ICLR 2021), after Qiao et al., Weight standardization (2019).
    Differs: g begins where w has the spread that the weight had.

    Args:
        weight: (outputs, inputs, height, width), as it stands before; two or more for each output.
    """

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.gain = nn.Parameter(weight.detach().std((1, 2, 3), keepdim=True) * weight[0].numel() ** 0.5)

    def forward(self, v: Tensor) -> Tensor:
        """Takes and gives a weight's shape."""
        apart = v - v.mean((1, 2, 3), keepdim=True)
        return self.gain * apart / (v.std((1, 2, 3), keepdim=True) * v[0].numel() ** 0.5 + _SMALL)


def standardise(net: nn.Module, head: nn.Module) -> None:
    """Standardises the weights of all convolutions but the last.

    Args:
        net: Changed in place; its parameters are others afterwards.
        head: The last, whose answers have a spread and a mean of their own.
    """
    for module in [m for m in net.modules() if isinstance(m, nn.Conv2d) and m is not head]:
        parametrize.register_parametrization(module, "weight", Standardised(module.weight))


def plain(net: nn.Module) -> dict[str, Tensor]:
    """The weights of a standardised network as those of plain convolutions, which compute the same."""
    made = {
        f"{name}.weight": module.weight.detach()
        for name, module in net.named_modules()
        if isinstance(module, nn.Conv2d) and parametrize.is_parametrized(module, "weight")
    }
    return {k: v for k, v in net.state_dict().items() if ".parametrizations." not in k} | made
