from __future__ import annotations

from explorer.core.weights_report import compare_weights, in_words

WANTED = {
    "conv.weight": (8, 3, 3, 3),
    "norm.weight": (8,),
    "norm.num_batches_tracked": (),
    "fc.weight": (5, 8),
    "fc.bias": (5,),
}
FOUND = {"conv.weight": (8, 1, 3, 3), "norm.weight": (8,), "fc.weight": (5, 8), "fc.bias": (5,), "aux.weight": (9, 8)}


def test_each_layer_has_the_worst_fit_of_its_weights() -> None:
    report = compare_weights(WANTED, FOUND, "old.pt", heads=["fc"])
    assert [(layer.name, layer.fit) for layer in report.layers] == [
        ("conv", "reshaped"),
        ("norm", "missing"),
        ("fc", "match"),
        ("aux", "unexpected"),
    ]
    assert report.layers[0].shapes == ("8 × 3 × 3 × 3", "8 × 1 × 3 × 3")
    assert report.keys("missing") == ("norm.num_batches_tracked",)
    assert report.new_heads == ()
    assert report.sentence() == (
        "3 of 5 weights come from old.pt. Also new: conv, norm. 1 in the file has no place in the network."
    )


def test_a_head_of_other_classes_is_new_although_it_fits() -> None:
    report = compare_weights(
        WANTED, FOUND, "old.pt", heads=["fc"], same_classes=False, filled={"norm.num_batches_tracked"}
    )
    assert report.keys("replaced") == ("fc.weight", "fc.bias")
    assert report.new_heads == ("fc",)
    assert "The head is new: fc. Also new: conv." in report.sentence()
    assert report.to_json()["shapes"] == {"conv.weight": [[8, 3, 3, 3], [8, 1, 3, 3]]}


def test_a_file_with_nothing_of_the_network_is_useless() -> None:
    assert compare_weights(WANTED, {"a.weight": (1,)}, "other.pt").is_useless


def test_words_name_what_the_weights_lie_in() -> None:
    assert in_words("missing") == "not in the file, new"
    assert in_words("missing", "the run") == "not in the run, new"
    assert in_words("match", "the run") == "matches"
