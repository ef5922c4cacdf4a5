package org.counterweight.model.part.image;

import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * An image transformer's head, on a whole image.
 *
 * @param kind {@link Head#NONE} or {@link Head#CLASSIFIER}
 * @param summary what of the hidden states is read
 * @param norm the name of a norm of the summary; null for none
 * @param scores the modules with a row for each class; two of them read one token each, and their scores are averaged
 */
public record ImageHead(
        Head kind, Summary summary, @Nullable String norm, List<String> scores, int classes) {
    /** What of hidden states {@code [rows, tokens, width]} is read. */
    public enum Summary {
        /** The class token. */
        CLASS_TOKEN,
        /** The class token beside the mean of the patches. */
        CLASS_TOKEN_AND_PATCHES,
        /** The mean of the patches behind one token. */
        PATCHES,
        /** The class token beside the token of distillation. */
        TWO_TOKENS
    }

    public ImageHead {
        scores = List.copyOf(scores);
    }

    /** The same for another number of classes. */
    public ImageHead withClasses(int number) {
        kind.requireClasses();
        if (scores.size() > 1) {
            throw new UnsupportedOperationException("a head with a teacher's token is for answers alone: " + scores);
        }
        return new ImageHead(kind, summary, norm, scores, number);
    }

    /** What the head is fed. */
    public Tensor features(Params params, Tensor hidden, Norm how) {
        Tensor first = hidden.select(1, 0);
        Tensor read = switch (summary) {
            case CLASS_TOKEN -> first;
            case CLASS_TOKEN_AND_PATCHES -> torch.cat(new TensorVector(first, patches(hidden)), 1);
            case PATCHES -> patches(hidden);
            case TWO_TOKENS -> torch.cat(new TensorVector(first, hidden.select(1, 1)), 1);
        };
        return norm == null ? read : how.apply(params, norm, read);
    }

    private static Tensor patches(Tensor hidden) {
        return mean(slice(hidden, 1, 1, hidden.size(1)), false, 1);
    }

    /** @param params of the whole model */
    public Output of(Params params, Tensor features, Pass pass) {
        if (kind == Head.NONE) {
            return new Output(features, features);
        }
        if (scores.size() == 1) {
            return new Output(params.linear(scores.get(0), features, pass), features);
        }
        long width = features.size(1) / scores.size();
        Tensor sum = params.linear(scores.get(0), slice(features, 1, 0, width), pass);
        for (int i = 1; i < scores.size(); i++) {
            sum = sum.add(params.linear(scores.get(i), slice(features, 1, i * width, (i + 1) * width), pass));
        }
        return new Output(times(sum, 1.0 / scores.size()), features);
    }

    /** {@code shapes} with the head's. */
    public Shapes shapes(Shapes shapes, long width) {
        if (kind == Head.NONE) {
            return shapes;
        }
        long read = summary == Summary.CLASS_TOKEN_AND_PATCHES ? 2 * width : width;
        scores.forEach(module -> shapes.head(module, classes, read, true));
        return shapes;
    }
}
