package org.counterweight.model.part.layer;

import static org.counterweight.engine.Tensors.as;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Attention;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.jspecify.annotations.Nullable;

/**
 * One layer of an encoder with its norms behind the residual sums.
 *
 * @param distances what distances add to the scores, by query and key; null for nothing
 * @param causal whether a token sees those up to itself alone
 * @param attendedDropout of what attention gives, before its sum
 * @param fedDropout of what the feed-forward part gives
 */
public record EncoderLayer(
        Names names,
        int width,
        int heads,
        int intermediate,
        Activation activation,
        Norm norm,
        @Nullable Disentangled distances,
        boolean causal,
        double attentionDropout,
        double attendedDropout,
        double fedDropout) {

    /** The modules of a layer, relative to it. */
    public record Names(
            String query,
            String key,
            String value,
            String attended,
            String attentionNorm,
            String inner,
            String outer,
            String lastNorm) {
        List<String> projections() {
            return List.of(query, key, value);
        }
    }

    public EncoderLayer {
        if (width % heads != 0) {
            throw new ConfigException("hidden_size", width, "a multiple of num_attention_heads, " + heads);
        }
    }

    /** The points of a layer, but for the layer itself. */
    public List<String> points() {
        return List.of(names.attended(), sum(names.attended()), names.outer(), sum(names.outer()));
    }

    /** Where the sum behind a module is tapped, before its norm. */
    private static String sum(String module) {
        return module.substring(0, module.lastIndexOf('.') + 1) + "residual";
    }

    /** The module that attends, relative to the layer. */
    public String attentionName() {
        return names.query().substring(0, names.query().lastIndexOf('.'));
    }

    /** {@code [rows, heads, length, size]} of {@code [rows, length, width]}: queries, keys or values. */
    public Tensor heads(Params layer, String module, Tensor x, Pass pass) {
        return Attention.split(layer.product(module, x, pass), heads);
    }

    /**
     * @param x {@code [rows, length, width]}, as is the result
     * @param mask added to the scores, or null
     * @param measured the distances of this pass; null where {@link #distances} is
     */
    public Tensor apply(
            Params layer, Tensor x, @Nullable Tensor mask, Disentangled.@Nullable Distances measured, Pass pass) {
        Tensor in = layer.inTypeOf(names.projections(), x);
        Tensor query = heads(layer, names.query(), in, pass);
        Params attention = layer.at(attentionName());
        // in one type, though one of the three may be trained, and multiplied in float32, beside frozen ones in bf16
        Tensor key = Attention.keys(attention, as(heads(layer, names.key(), in, pass), query), pass);
        Tensor value = Attention.values(attention, as(heads(layer, names.value(), in, pass), query), pass);
        double squared = (double) width / heads;
        Tensor added = mask;
        if (distances != null && measured != null) {
            squared *= distances.summands();
            query = query.contiguous(); // three products read it, and key
            key = key.contiguous();
            Tensor bias = distances.bias(layer, this, query, key, measured, pass);
            if (bias != null) {
                added = mask == null ? bias : bias.add(mask);
            }
        }
        double scale = 1 / Math.sqrt(squared);
        var product = new ScaledDotProduct(causal, scale, 0, attentionDropout);
        Tensor context = Attention.join(product.of(query, key, value, added, pass));
        Tensor attended = sublayer(layer, names.attended(), names.attentionNorm(), context, x, attendedDropout, pass);
        Tensor wide = activation.apply(layer.product(names.inner(), attended, pass)); // [rows, length, intermediate]
        return sublayer(layer, names.outer(), names.lastNorm(), wide, attended, fedDropout, pass);
    }

    /** LayerNorm(dropout(dense(x)) + residual). */
    private Tensor sublayer(
            Params layer, String dense, String lastNorm, Tensor x, Tensor residual, double dropout, Pass pass) {
        Tensor y = pass.dropout(as(layer.linear(dense, x, pass), residual), dropout);
        Tensor sum = layer.tap(dense, x, y, pass).add(residual);
        return norm.apply(layer, lastNorm, layer.tap(sum(dense), residual, sum, pass));
    }

    /** {@code shapes} with those of the layer whose names begin with {@code layer}. */
    public Shapes shapes(Shapes shapes, String layer) {
        shapes.linear(layer + names.query(), width, width, true)
                .linear(layer + names.key(), width, width, true)
                .linear(layer + names.value(), width, width, true)
                .linear(layer + names.attended(), width, width, true);
        if (distances != null) {
            distances.layerShapes(shapes, layer, width);
        }
        norm.shapes(shapes, layer + names.attentionNorm(), width);
        shapes.linear(layer + names.inner(), intermediate, width, true)
                .linear(layer + names.outer(), width, intermediate, true);
        return norm.shapes(shapes, layer + names.lastNorm(), width);
    }
}
