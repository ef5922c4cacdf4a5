package org.counterweight.golden;

import static org.counterweight.engine.Tensors.gradients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.DiscSpace;
import org.counterweight.fewgen.GeneratorTraining;
import org.counterweight.fewgen.MetaGradient;
import org.counterweight.fewgen.MetaSettings;
import org.counterweight.fewgen.SpecialTokens;
import org.counterweight.fewgen.TokenTerms;
import org.counterweight.fewgen.TuningBatch;
import org.counterweight.fewgen.WeightNet;
import org.counterweight.fewgen.classify.ConsistencyLoss;
import org.counterweight.fewgen.classify.Selection;
import org.counterweight.fewgen.classify.TemporalEnsemble;
import org.counterweight.fewgen.classify.Unused;
import org.counterweight.fewgen.prefix.LabelPrefix;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.generate.NextToken;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.testing.GoldenCase;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Operations of {@code fewgen}. */
final class FewGenOps {
    static final Map<String, Op> ALL = Map.of(
            "train_generator", FewGenOps::trainGenerator,
            "disc_loss", FewGenOps::discLoss,
            "weighted_mle", FewGenOps::weightedMle,
            "next_token_probs", FewGenOps::nextToken,
            "classifier_loss", FewGenOps::classifierLoss,
            "temporal_ensemble", FewGenOps::temporalEnsemble,
            "prefix_forward", FewGenOps::prefixForward,
            "prefix_to_peft", FewGenOps::prefixToPeft);

    private FewGenOps() {}

    private static WeightNet net(GoldenCase golden) {
        return new WeightNet(
                leaf(golden.in("net.w1")),
                leaf(golden.in("net.b1")),
                leaf(golden.in("net.w2")),
                leaf(golden.in("net.b2")));
    }

    private static Tensor leaf(Tensor tensor) {
        return tensor.clone().requires_grad_(true);
    }

    private static Tensor one(Tensor scalar) {
        return scalar.detach().reshape(1);
    }

    private static Map<String, Tensor> under(GoldenCase golden, String prefix) {
        var found = new LinkedHashMap<String, Tensor>();
        golden.inputs().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), tensor);
            }
        });
        return found;
    }

    private static MetaSettings settings(JsonNode params) {
        return new MetaSettings(
                space(params.path("disc_space").asString("logprob")),
                params.path("reference_quirks").asBoolean(false),
                params.path("meta_weight").asBoolean(true),
                params.required("meta_lr").asDouble(),
                params.required("weight_net_lr").asDouble(),
                params.required("weight_net_decay").asDouble(),
                params.required("lr").asDouble(),
                params.path("max_grad_norm").asDouble(1),
                params.path("adam_eps").asDouble(1e-8),
                params.required("steps").asLong(),
                params.path("disc_weight").asDouble(0));
    }

    private static DiscSpace space(String name) {
        return DiscSpace.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static Map<String, Tensor> trainGenerator(GoldenCase golden) {
        JsonNode params = golden.params();
        MetaSettings settings = settings(params);
        var tokens = new SpecialTokens(
                params.required("bos_id").asLong(), params.required("eos_id").asLong());
        ToyGenerator generator = ToyGenerator.of(tokens, under(golden, "model."));
        WeightNet net = net(golden);
        int steps = Math.toIntExact(settings.steps());
        double[] losses = new double[steps];
        double[] outer = new double[steps];
        var out = new TreeMap<String, Tensor>();
        try (var training = new GeneratorTraining(generator, net, settings)) {
            for (int t = 0; t < steps; t++) {
                var texts = new TuningBatch(
                        golden.in("ids." + t),
                        golden.in("labels." + t),
                        golden.in("cat." + t),
                        golden.inputs().get("mask." + t),
                        golden.inputs().get("infix_pos." + t));
                MetaGradient meta = MetaGradient.of(generator, net, texts, Pass.evaluation(), settings);
                training.weigh(meta);
                GeneratorTraining.Step step = training.backward(texts, Pass.evaluation(), OptionalDouble.empty());
                if (t == 0) {
                    meta.gradients().forEach((name, gradient) -> out.put("grad.net." + name, gradient));
                    generator
                            .trainables()
                            .forEach((name, tensor) ->
                                    out.put("grad." + name, tensor.grad().clone()));
                }
                training.move();
                outer[t] = meta.loss().item_double();
                losses[t] = step.loss().item_double();
                out.put("disc." + t, step.terms().disc());
                out.put("weights." + t, step.weights());
            }
        }
        out.put("loss", Tensors.doubles(losses));
        out.put("outer_loss", Tensors.doubles(outer));
        generator.trainables().forEach((name, tensor) -> out.put(name, tensor.detach()));
        net.tensors().forEach((name, tensor) -> out.put("net." + name, tensor.detach()));
        return out;
    }

    private static Map<String, Tensor> discLoss(GoldenCase golden) {
        var out = new LinkedHashMap<String, Tensor>();
        for (DiscSpace space : DiscSpace.values()) {
            String name = space.name().toLowerCase(Locale.ROOT);
            Tensor logits = leaf(golden.in("logits"));
            TokenTerms terms = TokenTerms.of(logits, golden.in("labels"), golden.in("cat_label"), space);
            out.put("disc." + name, terms.disc().detach());
            out.put("ce", terms.generation().detach());
            out.put("grad." + name, gradients(terms.disc().mean(), false, logits)[0]);
        }
        return out;
    }

    private static Map<String, Tensor> weightedMle(GoldenCase golden) {
        WeightNet net = net(golden);
        Tensor weights = net.weights(golden.in("disc"));
        Tensor loss = new TokenTerms(golden.in("disc"), golden.in("ce")).weighted(weights);
        Tensor[] found = gradients(loss, false, net.tensors().values().toArray(Tensor[]::new));
        var out = new LinkedHashMap<String, Tensor>();
        int i = 0;
        for (String name : net.tensors().keySet()) {
            out.put("grad.net." + name, found[i++]);
        }
        out.put("weights", weights.detach());
        out.put("loss", one(loss));
        return out;
    }

    private static Map<String, Tensor> nextToken(GoldenCase golden) {
        var out = new LinkedHashMap<String, Tensor>();
        JsonNode specs = golden.params().required("specs");
        for (int i = 0; i < specs.size(); i++) {
            JsonNode spec = specs.get(i);
            var decoding = new NextToken(
                    spec.path("repetition_penalty").asDouble(1),
                    spec.path("temperature").asDouble(1),
                    spec.path("top_k").asInt(0),
                    spec.path("top_p").asDouble(1),
                    spec.path("min_p").asDouble(0));
            if (decoding.isGreedy()) {
                out.put("next." + i, decoding.likeliest(golden.in("logits"), golden.in("input_ids")));
            } else {
                out.put("probs." + i, decoding.probabilities(golden.in("logits"), golden.in("input_ids")));
            }
        }
        return out;
    }

    private static Map<String, Tensor> classifierLoss(GoldenCase golden) {
        Tensor logits = leaf(golden.in("logits"));
        var loss = new ConsistencyLoss(
                golden.params().required("label_smoothing").asDouble(),
                golden.params().required("reg_weight").asDouble());
        ConsistencyLoss.Terms terms = loss.of(logits, golden.in("labels"), golden.in("ensemble"));
        return Map.of(
                "ce", one(terms.ce()),
                "kl", one(terms.kl()),
                "loss", one(terms.all()),
                "grad.logits", gradients(terms.all(), false, logits)[0]);
    }

    private static Map<String, Tensor> temporalEnsemble(GoldenCase golden) {
        JsonNode params = golden.params();
        Tensor logits = golden.in("logits");
        Tensor labels = golden.in("labels");
        var selection = new Selection(
                params.required("threshold").asDouble(),
                params.path("min_per_class").asInt(16));
        long wanted = params.required("interval").asLong()
                * params.required("batch_size").asLong();
        TemporalEnsemble ensemble =
                TemporalEnsemble.start(params.required("momentum").asDouble(), logits.select(0, 0));
        Unused unused = Unused.all(labels.size(0));
        var out = new LinkedHashMap<String, Tensor>();
        for (int r = 0; r < params.required("rounds").asInt(); r++) {
            ensemble = ensemble.with(Tensors.softmax(logits.select(0, r), -1));
            Tensor selected = selection.of(ensemble.average(), labels);
            Unused.Interval interval = unused.take(selected, wanted);
            unused = interval.after();
            out.put("ensemble." + r, ensemble.average());
            out.put("selected." + r, selected.to(torch.ScalarType.Long));
            out.put("train_index." + r, interval.places());
            out.put("remaining." + r, unused.places());
        }
        return out;
    }

    private static Map<String, Tensor> prefixForward(GoldenCase golden) {
        JsonNode params = golden.params();
        Map<String, Tensor> weights = under(golden, "model.");
        Tensor words = golden.in("model.transformer.wte.weight");
        ObjectNode config = Configs.JSON.createObjectNode();
        config.put("model_type", "gpt2").putArray("architectures").add("GPT2LMHeadModel");
        config.put("vocab_size", words.size(0)).put("n_embd", words.size(1));
        config.put("n_positions", golden.in("model.transformer.wpe.weight").size(0));
        config.put("n_inner", golden.in("model.transformer.h.0.mlp.c_fc.weight").size(1));
        config.put("activation_function", params.path("activation").asString("gelu_new"));
        for (String key : List.of("n_layer", "n_head", "layer_norm_epsilon")) {
            config.set(key, params.required(key));
        }
        Model model = Architectures.of(config);
        Params frozen = Params.of(weights);
        Tensor values =
                leaf(LabelPrefix.of(model, frozen, golden.in("prompt_ids")).values());
        Tensor ids = golden.in("input_ids");
        Tensor logits = model.forward(
                        frozen.prefixed(new LabelPrefix(values).before(model)),
                        new Batch(Map.of(Batch.INPUT_IDS, ids)),
                        Pass.evaluation())
                .logits();
        Tensor ownClass = torch.zeros_like(ids.select(1, 0));
        Tensor loss = TokenTerms.of(logits.unsqueeze(0), ids, ownClass, DiscSpace.LOGPROB)
                .generation()
                .mean();
        return Map.of(
                "prefix", values.detach(),
                "logits", logits.detach(),
                "loss", one(loss),
                "grad.prefix", gradients(loss, false, values)[0]);
    }

    private static Map<String, Tensor> prefixToPeft(GoldenCase golden) {
        return Map.of("prompt_embeddings", new LabelPrefix(golden.in("prefix")).table());
    }
}
