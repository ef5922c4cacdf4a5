package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Recipes that balance what cannot be balanced, or as it cannot be. */
final class BadBalance {
    private BadBalance() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a part that there is not",
                        s -> balance(s, "{secnd: null}"),
                        "balance.secnd is unknown; did you mean \"second\"?"),
                BadInput.of(
                        "an overlap beyond 1",
                        s -> balance(s, "{second: {loss: {beta: 1.5}}}"),
                        "beta: 1.5 is not allowed; expected a number in [0, 1]"),
                BadInput.of(
                        "a loss that there is not",
                        s -> balance(s, "{loss: focal}"),
                        "balance.loss: \"focal\" is unknown",
                        "class_balanced"),
                BadInput.of(
                        "a margin below nothing",
                        s -> balance(s, "{loss: {kind: ldam, max_margin: -0.5}}"),
                        "balance.loss.max_margin: -0.5 is not allowed; expected a number of at least 0"),
                BadInput.of(
                        "features kept short that have one length",
                        s -> balance(s, "{feature_decay: 0.01, normalize_features: true}"),
                        "balance.feature_decay shortens features, and balance.normalize_features makes all of one length"),
                BadInput.of(
                        "a negative tau",
                        s -> balance(s, "{adjust: {tau: -1}}"),
                        "balance.adjust.tau: -1.0 is not allowed; expected a number of at least 0"),
                BadInput.of(
                        "a radius of nothing",
                        s -> balance(s, "{second: {max_norm: {radius: 0}}}"),
                        "balance.second.max_norm.radius: 0.0 is not allowed; expected a number above 0, or null"),
                BadInput.of(
                        "a ball around a head of zeros",
                        s -> balance(s, "{second: {fresh: true}}"),
                        "fresh: true starts from zeros; give max_norm.radius, or max_norm: null"),
                BadInput.of(
                        "lengths of rows moved and held",
                        s -> balance(s, "{second: {learns: scales}}"),
                        "max_norm holds them; set max_norm: null"),
                BadInput.of(
                        "a head that is fixed and trained",
                        s -> balance(s, "{etf: {}}"),
                        "balance.etf fixes the rows of the head, and balance.second trains them"),
                BadInput.of(
                        "trained lengths of rows beside an adapter",
                        s -> balance(s, "{etf: {train_norms: true}, second: null}"),
                        "balance.etf.train_norms computes the head's weight"),
                BadInput.of(
                        "bounds of shots that cross",
                        s -> balance(s, "{shots: {many: 3}}"),
                        "many: 3 is not allowed; expected an integer of at least few, which is 20"),
                BadInput.of(
                        "more classes than features",
                        s -> {
                            s.model("model", "BertModel", Map.of());
                            var texts = new StringBuilder("text,label\n");
                            for (int c = 0; c < 9; c++) {
                                texts.append(("the cat,kind" + c + "\n").repeat(10));
                            }
                            s.write("texts.csv", texts.toString());
                            return balance(s, "{etf: {}, second: null}");
                        },
                        "balance.etf needs as many features as classes, and this model has 8 features for 9 classes"),
                BadInput.of(
                        "classes balanced where there are none",
                        s -> s.recipe("train:\n", "task: masked_lm\nbalance: {}\ntrain:\n"),
                        "balance counts classes, and task: masked_lm has none; leave it out"));
    }

    private static List<String> balance(Sandbox sandbox, String settings) {
        return sandbox.recipe("train:\n", "balance: " + settings + "\ntrain:\n");
    }
}
