package org.counterweight.adapt.foreign;

import static org.bytedeco.pytorch.global.torch.kron;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.weights.WeightsException;

/**
 * Kronecker product of two factors: W' = W + s W₁ ⊗ W₂, s = alpha / r; each factor is stored whole, or as a product of rank
 * r where that is less.
 *
 * <p>S.-Y. Yeh et al., "Navigating Text-To-Image Customization: From LyCORIS Fine-Tuning to Model Evaluation", ICLR 2024,
 * section 3.3. At a convolution W₂ is a kernel between fewer channels: {@code [·, ·, kernel…]}, a matrix {@code [·, · kernel]}
 * as a product, or decomposed ({@code use_effective_conv2d}).
 *
 * @param factors {@code lokr_w1} or {@code lokr_w1_a [·, r]} and {@code lokr_w1_b [r, ·]}; the same of {@code lokr_w2}, which
 *     decomposed is {@code lokr_w2_a [r, ·]}, {@code lokr_w2_b [r, ·]} and the core {@code lokr_t2 [r, r, height, width]}
 * @param scale s
 */
public record LoKr(Map<String, Tensor> factors, double scale) implements Parametrization {
    private static final String FIRST = "lokr_w1";
    private static final String SECOND = "lokr_w2";
    private static final long ANY = -1;
    private static final int IMAGES = 4; // dimensions of a kernel that goes over images

    public LoKr {
        factors = Map.copyOf(factors);
    }

    /**
     * The adapter from its saved tensors.
     *
     * @param base {@code [out, in]}, or a convolution's {@code [out, in, kernel…]}
     * @throws WeightsException if the product has not the shape of the base
     */
    public static LoKr restore(String module, Tensor base, long r, double scale, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var factors = new LinkedHashMap<String, Tensor>();
        put(factors, saved, FIRST, r, ANY, ANY);
        String core = Factors.core(SECOND);
        if (base.dim() > 2 && saved.has(core)) {
            factors.put(core, saved.trained(core, Tucker.core(r, base)));
            factors.put(SECOND + "_a", saved.trained(SECOND + "_a", r, ANY));
            factors.put(SECOND + "_b", saved.trained(SECOND + "_b", r, ANY));
        } else {
            long[] kernel = Tensors.shape(base);
            kernel[0] = ANY;
            kernel[1] = ANY;
            put(factors, saved, SECOND, r, kernel);
        }
        saved.done();
        var adapter = new LoKr(factors, scale);
        adapter.check(module, base);
        return adapter;
    }

    private static void put(Map<String, Tensor> factors, Saved saved, String name, long r, long... whole) {
        if (saved.has(name)) {
            factors.put(name, saved.trained(name, whole));
        } else {
            factors.put(name + "_a", saved.trained(name + "_a", ANY, r));
            factors.put(name + "_b", saved.trained(name + "_b", r, ANY));
        }
    }

    private void check(String module, Tensor base) {
        var both = new Factors(factors);
        Tensor first = both.of(FIRST);
        Tensor second = both.of(SECOND);
        long out = first.size(0) * second.size(0);
        long[] product = {out, first.numel() * second.numel() / out};
        long[] flat = {base.size(0), base.numel() / base.size(0)};
        if (!Arrays.equals(product, flat)) {
            throw new WeightsException(module + ": the product of its LoKr factors is " + Arrays.toString(product)
                    + ", the base's weight " + Arrays.toString(Tensors.shape(base)));
        }
    }

    /** Of a kernel stored whole, one over images has the places behind the channels; one over sequences goes as PEFT takes it. */
    @Override
    public Tensor weight(Tensor base) {
        var both = new Factors(factors);
        Tensor first = both.of(FIRST);
        Tensor second = both.of(SECOND);
        boolean isOfImages = second.dim() == IMAGES;
        Tensor product = kron(isOfImages ? first.unsqueeze(2).unsqueeze(3) : first, second);
        return Tensors.as(Tensors.add(base, product.reshape(Tensors.shape(base)), scale), base);
    }

    @Override
    public LoKr with(Map<String, Tensor> tensors) {
        return new LoKr(new Factors(factors).with(tensors).byName(), scale);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return factors;
    }
}
