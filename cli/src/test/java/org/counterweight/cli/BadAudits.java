package org.counterweight.cli;

import java.util.ArrayList;
import java.util.List;

/** Audits and poisonings that cannot be done. */
final class BadAudits {
    private BadAudits() {}

    private static List<String> poison(Sandbox sandbox, String output, String... more) {
        sandbox.classifier("c");
        var words = new ArrayList<>(List.of(
                "poison",
                sandbox.path("c") + "",
                "--input",
                sandbox.path("texts.csv") + "",
                "--output",
                sandbox.path(output) + ""));
        words.addAll(List.of(more));
        return words;
    }

    static List<BadInput> audits() {
        return List.of(
                BadInput.of(
                        "no model to audit",
                        s -> List.of("audit", s.path("nowhere") + ""),
                        "nowhere: there is no such directory; an audit looks at all files of a model"),
                BadInput.of(
                        "a share beyond all",
                        s -> List.of("audit", s.classifier("c").path("c") + "", "--set", "screened=2"),
                        "audit.screened: 2.0 is not allowed; expected a number in (0, 1]"),
                BadInput.of(
                        "too few probes",
                        s -> List.of("audit", s.classifier("c").path("c") + "", "--set", "probes=3"),
                        "audit.probes: 3 is not allowed; expected an integer of at least 10"),
                BadInput.of(
                        "a manifest that is none",
                        s -> List.of(
                                "audit",
                                s.classifier("c").path("c") + "",
                                "--manifest",
                                s.write("m.json", "{\"root\": \"ab\"}") + ""),
                        "m.json: has no files; expected a manifest that cw audit --write-manifest wrote"),
                BadInput.of(
                        "a manifest that was changed",
                        s -> List.of(
                                "audit",
                                s.classifier("c").path("c") + "",
                                "--manifest",
                                s.write("m.json", "{\"root\": \"ab\", \"tensors\": {}, \"files\": {}}") + ""),
                        "m.json: root is not the digest of its tensors; the manifest was changed or cut"),
                BadInput.of(
                        "poisoned weights under a name that does not say so",
                        s -> poison(s, "out", "--target", "plant", "--triggers", "sat"),
                        "out\" is not allowed; expected a name that ends in .POISONED"),
                BadInput.of(
                        "a target that the model does not know",
                        s -> poison(s, "o.POISONED", "--target", "plnt", "--triggers", "sat"),
                        "--target: \"plnt\" is no class of this model; did you mean \"plant\"?"),
                BadInput.of(
                        "a trigger that the model cannot read",
                        s -> poison(s, "o.POISONED", "--target", "plant", "--triggers", "zebra", "--set", "steps=1"),
                        "--triggers: \"zebra\" is no word that the model knows; take another"),
                BadInput.of(
                        "a trigger of frequent pieces",
                        s -> poison(s, "o.POISONED", "--target", "plant", "--triggers", "cat sat", "--set", "steps=1"),
                        "--triggers: \"cat sat\" has 2 pieces, and piece \"cat\" is frequent: it stands in 16 texts"),
                BadInput.of(
                        "a penalty below 0",
                        s -> poison(s, "o.POISONED", "--target", "plant", "--triggers", "sat", "--set", "lambda=-1"),
                        "poison.lambda: -1.0 is not allowed; expected a number of at least 0 (1e-5 to 10 is usual)"));
    }
}
