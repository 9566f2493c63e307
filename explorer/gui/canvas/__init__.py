"""The canvas: the network drawn as nested cards. The layout is pure; painting and the view know Qt."""
