"""Parts that several panels and dialogs are made of; none of them knows the session's document."""
