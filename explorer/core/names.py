"""Names of slots: which are good, which are free, and what stands for one that is missing."""

from __future__ import annotations

import re
from collections.abc import Collection

from explorer.core.fields import shortened

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")  # a hyphen: torchvision's RegNet has block1-0
# What torch's modules already have under a name of their own: it could not be reached as an attribute, and torch's own
# containers refuse it. A test holds the list against torch.
RESERVED_NAMES = frozenset(
    """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches
    eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict
    modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
    """.split()  # noqa: SIM905 - words read better than sixty quoted strings
)

LONGEST_NAME = 64  # characters


def name_problem(name: str) -> str | None:
    """What is wrong with the name of a slot, as a sentence; None if it is fine."""
    if not name:
        return f"A block needs a name of one to {LONGEST_NAME} letters, digits, underscores and hyphens."
    if len(name) > LONGEST_NAME or not _NAME.match(name):
        return f"The name {shortened(name)!r} is not one to {LONGEST_NAME} letters, digits, underscores and hyphens."
    if name[0] == "_" or name in RESERVED_NAMES:
        return f"The name {name!r} is taken by PyTorch's modules."
    return None


def place_name(route: tuple[int, ...]) -> str:
    """The address of a slot without a name, such as ``#2.0``."""
    return "#" + ".".join(map(str, route))


def free_name(stem: str, taken: Collection[str]) -> str:
    """``stem`` with the first number that makes it free."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
