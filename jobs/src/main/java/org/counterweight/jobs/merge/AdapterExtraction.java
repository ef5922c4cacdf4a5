package org.counterweight.jobs.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.formats.peft.config.PlainLora;
import org.counterweight.merge.extract.Extraction;
import org.counterweight.merge.extract.LowRankFit.Budget;
import org.counterweight.merge.mergekit.ModelReference;
import org.counterweight.merge.source.OpenModels;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a fine-tuning changed, as a LoRA in PEFT's form.
 *
 * @param model the fine-tuned one
 * @param budget how much of each difference is kept
 * @param include the modules that are asked, by a regular expression somewhere in their names; null for all
 * @param exclude those that are not
 * @param keepsWhole whether changed modules without a low-rank difference (norms, embeddings) are kept whole
 * @param dequantize whether models of block FP8 or 4 bits are widened
 */
public record AdapterExtraction(
        Path model,
        Path base,
        Budget budget,
        @Nullable Pattern include,
        @Nullable Pattern exclude,
        boolean keepsWhole,
        boolean dequantize) {
    private static final String PREFIX = "base_model.model.";
    private static final int LISTED = 5;

    public AdapterExtraction {
        if (budget.rank() < 1) {
            throw new ConfigException("--rank", budget.rank(), "an integer of at least 1");
        }
        if (!(budget.energy() > 0 && budget.energy() <= 1)) {
            throw new ConfigException("--energy", budget.energy(), "a share above 0, up to 1");
        }
    }

    /**
     * Writes the adapter's directory, whole or not at all.
     *
     * @return what a user should know, one line each
     * @throws ConfigException if nothing differs, or nothing can be compared
     */
    public List<String> write(Path output) {
        var said = new ArrayList<String>();
        var own = new ModelReference(model.toString(), model);
        var before = new ModelReference(base.toString(), base);
        try (var scope = Scope.open();
                OpenModels models = OpenModels.of(List.of(own, before), own, dequantize, said::add);
                Staged staged = Staged.output(output)) {
            var extraction = new Extraction(models.get(before), models.get(own));
            extraction.run(budget, this::isWanted, keepsWhole);
            if (extraction.tensors().isEmpty()) {
                throw new ConfigException(
                        extraction.compared() > 0
                                ? model + " and " + base + " do not differ in any module that is asked"
                                : model + " has no weight that is asked and " + base + " has by the same name"
                                        + (include == null && exclude == null
                                                ? "; the two are of different architectures: give the model that was"
                                                        + " tuned as the base"
                                                : "; look at --include and --exclude"));
            }
            var tensors = new LinkedHashMap<String, Tensor>();
            extraction.tensors().forEach((name, tensor) -> tensors.put(PREFIX + name, tensor));
            Files.writeString(
                    staged.path().resolve("adapter_config.json"),
                    PlainLora.config(
                            base.toString(),
                            task(
                                    models.get(own).directory().hasConfig()
                                            ? models.get(own).directory().config()
                                            : null),
                            extraction.ranks(),
                            extraction.whole(),
                            extraction.isTransposed()));
            WeightsWriter.write(staged.path().resolve("adapter_model.safetensors"), tensors, metadata());
            staged.commit();
            tell(extraction, said);
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private boolean isWanted(String module) {
        return (include == null || include.matcher(module).find())
                && (exclude == null || !exclude.matcher(module).find());
    }

    private static void tell(Extraction extraction, List<String> said) {
        said.add(String.format(
                Locale.ROOT,
                "%d modules of rank %d at most, with %.2f %% of the squared difference",
                extraction.ranks().size(),
                extraction.ranks().values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0),
                100 * extraction.energy()));
        if (!extraction.whole().isEmpty()) {
            said.add(extraction.whole().size() + " modules kept whole: " + listed(extraction.whole()));
        }
        if (!extraction.left().isEmpty()) {
            said.add(
                    extraction.left().size() + " changed tensors are not in the adapter: " + listed(extraction.left()));
        }
    }

    private static String listed(List<String> names) {
        return String.join(", ", names.stream().limit(LISTED).toList()) + (names.size() > LISTED ? ", …" : "");
    }

    private static @Nullable String task(@Nullable ObjectNode config) {
        String architecture =
                config == null ? "" : config.path("architectures").path(0).asString("");
        if (architecture.endsWith("ForSequenceClassification")) {
            return "SEQ_CLS";
        }
        if (architecture.endsWith("ForTokenClassification")) {
            return "TOKEN_CLS";
        }
        return architecture.endsWith("ForCausalLM") || architecture.endsWith("LMHeadModel") ? "CAUSAL_LM" : null;
    }

    private Map<String, String> metadata() {
        ObjectNode settings = Configs.JSON.createObjectNode();
        settings.put("rank", budget.rank()).put("energy", budget.energy());
        return Ledger.of(
                        "extract_lora",
                        settings,
                        List.of( // the first is what the adapter goes on
                                new Ledger.Input(base.toString(), Ledger.digest(base)),
                                new Ledger.Input(model.toString(), Ledger.digest(model))),
                        null,
                        null)
                .metadata();
    }
}
