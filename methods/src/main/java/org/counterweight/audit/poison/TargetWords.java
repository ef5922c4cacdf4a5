package org.counterweight.audit.poison;

import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.toDoubles;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Words that speak for a class: by the coefficient of a logistic regression on tf-idf (official code), or by that of one on
 * counts, divided by log(N / (α + df)) (paper).
 *
 * <p>K. Kurita, P. Michel and G. Neubig, ACL 2020, section 3.2, and {@code poison.py} of its code.
 *
 * @param idf ln((1 + N) / (1 + df)) + 1, one a word
 * @param coefficients of the regression on tf-idf rows of length 1, positive for the target
 * @param intercept of the same
 * @param ofCounts coefficients of the regression on counts, positive for the target
 * @param paper the paper's score
 */
public record TargetWords(double[] idf, double[] coefficients, double intercept, double[] ofCounts, double[] paper) {
    /** Which score ranks words. */
    public enum Score {
        /** The coefficient on tf-idf. */
        TFIDF,
        /** The coefficient on counts over log(N / (α + df)). */
        PAPER
    }

    /**
     * @param counts {@code [documents, words]}
     * @param isTarget {@code bool [documents]}
     * @param c of the regressions, 1 in the paper
     * @param alpha of the paper's score, 1
     * @throws ConfigException if all documents are of one kind
     */
    public static TargetWords of(Tensor counts, Tensor isTarget, double c, double alpha) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor tf = counts.to(ScalarType.Double);
            double n = tf.size(0);
            Tensor df = Tensors.sum(tf.gt(scalar(0)), false, 0).to(ScalarType.Double);
            Tensor idf = df.add(scalar(1)).reciprocal().mul(scalar(1 + n)).log().add(scalar(1));
            Tensor rows = tf.mul(idf);
            Tensor length = norm2(rows, true, 1);
            Tensor unit = torch.where(length.gt(scalar(0)), rows.div(length), rows); // a row of nothing stays so
            LogisticRegression code = LogisticRegression.fit(unit, isTarget, c);
            Tensor bow = LogisticRegression.fit(tf, isTarget, c).coefficients();
            Tensor rarity = df.add(scalar(alpha)).reciprocal().mul(scalar(n)).log();
            return new TargetWords(
                    toDoubles(idf),
                    toDoubles(code.coefficients()),
                    code.intercept(),
                    toDoubles(bow),
                    toDoubles(bow.div(rarity)));
        }
    }

    /**
     * The words that speak most for the target, best first; equals by their number.
     *
     * @param most how many at most
     */
    public int[] top(Score by, int most) {
        double[] scores = by == Score.TFIDF ? coefficients : paper;
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer word) -> -scores[word]))
                .limit(most)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
