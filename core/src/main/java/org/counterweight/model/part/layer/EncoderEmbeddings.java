package org.counterweight.model.part.layer;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.jspecify.annotations.Nullable;

/**
 * What an encoder begins with: the sum of a word's, its place's and its segment's row, normed. Names are below
 * {@code embeddings}.
 *
 * @param width of the rows
 * @param positions null for none
 * @param tokenTypes how many segments there are rows for; 0 for none
 * @param masked whether padding is set to zero behind the norm
 * @param projection what makes rows as wide as the layers; null for none
 */
public record EncoderEmbeddings(
        int vocabulary,
        int width,
        @Nullable LearnedPositions positions,
        int tokenTypes,
        boolean masked,
        Norm norm,
        double dropout,
        @Nullable Projection projection) {
    /**
     * A linear module behind the norm, with a bias; or before it, without one.
     *
     * @param width of what it gives
     */
    public record Projection(String module, int width, boolean first) {}

    /** The words' table. */
    public static final String WORDS = "embeddings.word_embeddings";

    private static final String TYPES = "embeddings.token_type_embeddings";
    private static final String NORM = "embeddings.LayerNorm";

    /**
     * @param base what the names are below
     * @return {@code [rows, length, width]}, of the width that the projection gives, where there is one
     */
    public Tensor apply(Params base, Batch batch, Pass pass) {
        Tensor sum = base.embedding(WORDS, batch.inputIds());
        if (tokenTypes > 0) {
            Tensor types = batch.find(Batch.TOKEN_TYPE_IDS);
            // a RoBERTa knows no second text
            sum = sum.add(
                    types == null || tokenTypes == 1 ? base.embedding(TYPES, 0, 1) : base.embedding(TYPES, types));
        }
        if (positions != null) {
            sum = sum.add(positions.of(base, batch, Attention.before(pass) + Attention.prefixLength(base)));
        }
        Tensor normed = norm.apply(base, NORM, projected(base, sum, true, pass));
        Tensor real = masked ? batch.find(Batch.ATTENTION_MASK) : null;
        Tensor x = pass.dropout(real == null ? normed : normed.mul(real.unsqueeze(2)), dropout);
        return projected(base, x, false, pass);
    }

    /** {@code x} widened, if that is the place for it. */
    private Tensor projected(Params base, Tensor x, boolean isFirst, Pass pass) {
        return projection == null || projection.first() != isFirst ? x : base.linear(projection.module(), x, pass);
    }

    /** {@code shapes} with the tables below {@code prefix}. */
    public Shapes shapes(Shapes shapes, String prefix) {
        shapes.embedding(prefix + WORDS, vocabulary, width);
        if (positions != null) {
            positions.shapes(shapes, prefix, width);
        }
        if (tokenTypes > 0) {
            shapes.embedding(prefix + TYPES, tokenTypes, width);
        }
        if (projection == null) {
            return norm.shapes(shapes, prefix + NORM, width);
        }
        norm.shapes(shapes, prefix + NORM, projection.first() ? projection.width() : width);
        return shapes.linear(prefix + projection.module(), projection.width(), width, !projection.first());
    }
}
