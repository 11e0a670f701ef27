"""The methods: one folder a paper, found by name and imported only when used."""

from limner.methods.base import Method

METHODS = {
    "finder": Method("limner.methods.finder"),
    "paired": Method("limner.methods.paired"),
    "transfer": Method("limner.methods.transfer"),
    "instruct": Method("limner.methods.instruct"),
    "matte": Method("limner.methods.matte"),
    "teacher": Method("limner.methods.teacher"),
    "prior": Method("limner.methods.prior"),
}
