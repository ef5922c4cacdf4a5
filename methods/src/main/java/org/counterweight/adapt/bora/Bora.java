package org.counterweight.adapt.bora;

import static org.bytedeco.pytorch.global.torch.addcmul;
import static org.bytedeco.pytorch.global.torch.mv;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.bora.BoraConfig.Order;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.adapt.lowrank.Norms;
import org.counterweight.adapt.lowrank.Tokens;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Bi-dimensional weight-decomposed adaptation: every output and every input has a magnitude of its own. With
 * V = W + s B A, rows first:
 *
 * <pre>
 * sn_i = max(‖V_i,:‖, eps)       H = diag(m_row / sn) V
 * cn_j = max(‖H_:,j‖, eps)       W' = H diag(m_col / cn)
 * </pre>
 *
 * <p>Q. Wang et al., "BoRA: Bi-dimensional Weight-Decomposed Low-Rank Adaptation", 2024 (arXiv 2412.06441). Of the paper no
 * more than abstract and figure could be consulted: the order of the two normalisations and whether norms are constants in
 * the backward pass are settings. Columns first is the same with rows and columns exchanged.
 *
 * @param a A, {@code [r, in]}
 * @param b B, {@code [out, r]}
 * @param magnitudeRow m_row, {@code [out]}, the row norms of W at the start
 * @param magnitudeCol m_col, {@code [in]}, the column norms of W at the start
 * @param firstSquares the squared norms of W's rows, {@code [out]}, or with columns first of its columns, {@code [in]}
 * @param elementSquares W * W, {@code [out, in]}, where norms have a gradient: LibTorch would else record the squares anew
 *     at each step; null where they are constants
 */
public record Bora(
        BoraConfig config,
        Tensor a,
        Tensor b,
        Tensor magnitudeRow,
        Tensor magnitudeCol,
        Tensor firstSquares,
        @Nullable Tensor elementSquares)
        implements Parametrization {
    static final String MAGNITUDE_ROW = "lora_magnitude_row";
    static final String MAGNITUDE_COL = "lora_magnitude_col";

    /** The adapter of {@code base}, {@code [out, in]}, with these factors and magnitudes. */
    public static Bora of(
            BoraConfig config, Tensor base, Tensor a, Tensor b, Tensor magnitudeRow, Tensor magnitudeCol) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor first = Norms.ofBase(config.order() == Order.ROW_COL ? base : base.t(), null);
            return new Bora(
                    config,
                    a,
                    b,
                    magnitudeRow,
                    magnitudeCol,
                    scope.keep(as(first, a)),
                    config.detachNorm() ? null : scope.keep(as(base, a).square()));
        }
    }

    /** With the norms of V for magnitudes: the weight is then V itself. */
    static Bora start(BoraConfig config, Tensor base, LowRank factors) {
        Tensor row;
        Tensor col;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor v = as(base, factors.a()).add(factors.product());
            row = scope.keep(Norms.root(Norms.ofBase(v, null), config.eps()));
            col = scope.keep(Norms.root(Norms.ofBase(v.t(), null), config.eps()));
        }
        return of(config, base, factors.a(), factors.b(), row.requires_grad_(true), col.requires_grad_(true));
    }

    private LowRank update() {
        return new LowRank(a, b, config.scale());
    }

    /**
     * W' = diag(row) V diag(col).
     *
     * @param row {@code [out]}
     * @param col {@code [in]}
     */
    private record Scales(Tensor row, Tensor col) {}

    private Scales scales(Tensor base) {
        if (config.order() == Order.ROW_COL) {
            Tensor row = magnitudeRow.div(norms(() -> squares(base, firstSquares, a, b, null)));
            Tensor col =
                    magnitudeCol.div(norms(() -> weighted(base.t(), transposed(elementSquares), b.t(), a.t(), row)));
            return new Scales(row, col);
        }
        Tensor col = magnitudeCol.div(norms(() -> squares(base.t(), firstSquares, b.t(), a.t(), null)));
        Tensor row = magnitudeRow.div(norms(() -> weighted(base, elementSquares, a, b, col)));
        return new Scales(row, col);
    }

    private static @Nullable Tensor transposed(@Nullable Tensor matrix) {
        return matrix == null ? null : matrix.t();
    }

    /** The norms from their squares; constants if the settings say so. */
    private Tensor norms(Supplier<Tensor> squares) {
        if (!config.detachNorm()) {
            return Norms.root(squares.get(), config.eps());
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return scope.keep(Norms.root(squares.get(), config.eps()));
        }
    }

    /** Σ_j (scale_j V_ij)² of each row of V = w + s fb fa. */
    private Tensor weighted(Tensor w, @Nullable Tensor elementSquares, Tensor fa, Tensor fb, Tensor scale) {
        Tensor g = scale.square();
        Tensor ofBase = elementSquares == null ? as(Norms.ofBase(w, g), g) : mv(elementSquares, g);
        return squares(w, ofBase, fa, fb, g);
    }

    private Tensor squares(Tensor w, Tensor ofBase, Tensor fa, Tensor fb, @Nullable Tensor g) {
        return Norms.squares(w, ofBase, fa, fb, config.scale(), g);
    }

    @Override
    public Tensor weight(Tensor base) {
        Scales scales = scales(base);
        Tensor composed =
                base.add(update().product()).mul(scales.row.unsqueeze(1)).mul(scales.col);
        double t = config.multiplier();
        return as(t == 1 ? composed : times(base, 1 - t).add(composed, scalar(t)), base);
    }

    /**
     * y = t row (z W^T + s (z A^T) B^T) + ((x − t d) W^T + b) with z = d col, d the dropped-out x and t the multiplier: W' is
     * never built, and the second part is the bias alone for t = 1 without dropout.
     */
    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tokens tokens = Tokens.of(x);
        Tensor all = tokens.matrix();
        Tensor dropped = pass.dropout(all, config.dropout());
        Scales scales = scales(base);
        double t = config.multiplier();
        Tensor input = dropped.mul(as(scales.col, x));
        Tensor z = update().addTo(linear(input, base, null), input);
        Tensor row = as(t == 1 ? scales.row : times(scales.row, t), x);
        @Nullable Tensor rest = t == 1 && dropped == all ? bias : linear(all.sub(dropped, scalar(t)), base, bias);
        return tokens.restore(rest == null ? z.mul(row) : addcmul(rest, z, row));
    }

    @Override
    public Bora with(Map<String, Tensor> tensors) {
        return new Bora(
                config,
                tensors.getOrDefault("lora_A.weight", a),
                tensors.getOrDefault("lora_B.weight", b),
                tensors.getOrDefault(MAGNITUDE_ROW, magnitudeRow),
                tensors.getOrDefault(MAGNITUDE_COL, magnitudeCol),
                firstSquares,
                elementSquares);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("lora_A.weight", a, "lora_B.weight", b, MAGNITUDE_ROW, magnitudeRow, MAGNITUDE_COL, magnitudeCol);
    }
}
