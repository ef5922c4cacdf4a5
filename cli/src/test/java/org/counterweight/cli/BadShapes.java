package org.counterweight.cli;

import java.util.List;
import java.util.stream.Stream;

/** Adapters that do not fit the model that is here: its shapes tell, and {@code --check} reads no more. */
final class BadShapes {
    private BadShapes() {}

    static List<BadInput> all() {
        return List.of(
                row("a Bone block wider than the layer", "bone, r: 4096", "bone.r: 4096", "at most 8, the input width"),
                row("more singular values than the layer has", "pissa, r: 9", "r: 9", "1 to 8, the lesser width of"),
                row("a start at more of the weight than there is", "dora, r: 9, init: olora", "r: 9", "1 to 8"),
                row("more triplets than the layer has", "sorsa, r: 9", "r: 9", "1 to 8"),
                row(
                        "hypercomplex numbers that do not divide the layer",
                        "compacter, phm_dim: 3, reduction_factor: 2",
                        "compacter.phm_dim: 3",
                        "a divisor of both 8 and 4"),
                row(
                        "a bottleneck of no width",
                        "bottleneck, reduction_factor: 16",
                        "bottleneck.reduction_factor: 16",
                        "at most 8, the width at "),
                row(
                        "biases of modules that there are not",
                        "bitfit, targets: [quary]",
                        "bitfit.targets: \"quary\" matches no module"),
                row(
                        "weights of modules that there are not",
                        "full, targets: [quary]",
                        "full.targets: \"quary\" matches no module"));
    }

    private static BadInput row(String about, String adapter, String field, String... said) {
        return BadInput.of(
                about + " (`--check`)",
                s -> {
                    s.recipe("  method: bone\n  r: 2\n  targets: [query]\n", "  {method: " + adapter + "}\n");
                    return s.run("--check");
                },
                Stream.concat(Stream.of(field), Stream.of(said)).toArray(String[]::new));
    }
}
