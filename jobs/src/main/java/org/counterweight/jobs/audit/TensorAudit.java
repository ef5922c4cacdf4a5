package org.counterweight.jobs.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.audit.EmbeddingScan;
import org.counterweight.audit.files.Finding;
import org.counterweight.audit.files.Verdict;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;

/** A model's tensors beside those of one that is trusted: which rows of the table of words were changed much more than others. */
final class TensorAudit {
    private static final double DEVIATIONS = 6;
    private static final int SHOWN = 20;

    private TensorAudit() {}

    /** @param words names rows */
    static List<Finding> beside(AdaptedModel suspect, ModelDirectory base, Words words) {
        Model model = suspect.model();
        var findings = new ArrayList<Finding>();
        String table = AuditedModel.table(model);
        try (var scope = Scope.open()) {
            Map<String, Tensor> trusted = Architectures.fit(model, base.all()).byName();
            suspect.params().weights().forEach((name, tensor) -> {
                Tensor other = trusted.get(name);
                if (other == null || !Arrays.equals(Tensors.shape(tensor), Tensors.shape(other))) {
                    if (name.equals(table)) {
                        findings.add(new Finding(
                                Verdict.NOT_EXAMINED,
                                "base-shape",
                                name,
                                "is " + Arrays.toString(Tensors.shape(tensor)) + ", and "
                                        + (other == null ? "missing" : Arrays.toString(Tensors.shape(other)))
                                        + " in the base; name the model that this one was made of"));
                    }
                } else if (name.equals(table)) {
                    rows(tensor, other, words, findings);
                }
            });
        }
        return findings;
    }

    private static void rows(Tensor tensor, Tensor trusted, Words words, List<Finding> findings) {
        EmbeddingScan.Changes changes =
                EmbeddingScan.changes(tensor.to(ScalarType.Double), trusted.to(ScalarType.Double));
        List<Integer> beyond = changes.beyond(DEVIATIONS);
        if (beyond.size() > SHOWN) { // fine-tuning moves frequent words more than rare ones: rare ones count
            beyond = beyond.stream().filter(row -> words.frequency()[row] == 0).toList();
        }
        for (int row : beyond.subList(0, Math.min(SHOWN, beyond.size()))) {
            if (words.frequency()[row] > 0) {
                continue; // it occurs in the corpus, and may well have been learnt
            }
            findings.add(new Finding(
                    Verdict.FINDING,
                    "row-changed",
                    words.word(row),
                    String.format(
                            Locale.ROOT,
                            "never occurs in the corpus, and yet its row moved by %.3g from the base; the median row"
                                    + " moved by %.3g",
                            changes.l2()[row],
                            changes.usual())));
        }
    }
}
