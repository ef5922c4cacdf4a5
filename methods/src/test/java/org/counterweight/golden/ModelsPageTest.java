package org.counterweight.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.testing.GoldenCase;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code docs/models.md} says what each family is good for, and how near its golden cases come. {@code -Dupdate.docs=true}
 * writes it.
 */
class ModelsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "models.md");
    private static final String NOTHING = "–";

    private static final String HEAD = """
            # Models

            The families that are read from a Hugging Face directory, by `model_type`. Tests hold for each class of each family: gradients of first and second order, a head on features that are known, a tap at every layer, going on from any layer (but `albert`'s, which it passes several times, and `clip`'s, which has two towers: both refuse). Text families take a prefix, but for `albert`, `modernbert`, `mpnet`, `t5`, `clip`, and `deberta-v2` with relative attention, which refuse one. A run from end to end, in which a bare model learns classes with LoRA, is asked and is merged, is tested for `bert`, `gpt2`, `llama`, `roberta`, `xlm-roberta`, `distilbert`, `electra`, `albert`, `mpnet`, `deberta-v2`, `modernbert`, `mistral`, `mixtral`, `qwen2`, `phi3`, `gemma2`, `gpt_neox` and `opt`; the others are made of the same parts. A head or a setting that is not supported is refused by its name.

            *Classes*: of texts, by `task: text_classification`, `cw predict`, `cw update`; of images, from Java. *Words*: what a language model learns and is asked for: the next ones (`task: causal_lm`; `cw predict` continues texts with a cache of keys and values) or hidden ones (`task: masked_lm`). *Difference*: how far logits or hidden states of a tiny model lie from those of transformers 5.18 on the same weights, float32 on a processor; the golden cases are `methods/src/test/resources/goldens/zoo`.

            | `model_type` | classes | words | difference |
            |---|---|---|---|
            """;

    @Test
    void thePageSaysWhatTheFamiliesDo() throws IOException, URISyntaxException {
        Map<String, Double> measured = measured();
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, HEAD + String.join("\n", rows(measured)) + "\n");
        }
        List<String> lines = Files.readAllLines(PAGE);
        assertThat(lines).startsWith(HEAD.split("\n"));
        List<String> stated = lines.subList(HEAD.split("\n").length, lines.size());
        assertThat(stated).hasSameSizeAs(rows(measured));
        var known = new HashSet<>(measured.keySet());
        for (String row : stated) {
            String[] cells = row.substring(2).split(" \\| ?");
            String type = cells[0].replace("`", "");
            assertThat(row).startsWith(row(type));
            Double difference = measured.get(type);
            String last = cells[3].strip();
            if (difference == null) {
                assertThat(last).isEqualTo(NOTHING);
            } else {
                assertThat(difference).as(type).isLessThan(Double.parseDouble(last.replace("below ", "")));
            }
            known.remove(type);
        }
        assertThat(known).isEmpty();
    }

    private static List<String> rows(Map<String, Double> measured) {
        var rows = new ArrayList<String>();
        for (String type : Architectures.known()) {
            if (haveHead(type) || measured.containsKey(type)) {
                Double difference = measured.get(type);
                rows.add(row(type) + (difference == null ? NOTHING : "below " + bound(difference)) + " |");
            }
        }
        return rows;
    }

    private static String row(String type) {
        String words = speaks(type, true) ? "next" : speaks(type, false) ? "hidden" : NOTHING;
        String classes = Architectures.haveClassifier(config(type))
                ? "texts"
                : Architectures.readImages(config(type)) ? "images" : NOTHING;
        return "| `" + type + "` | " + classes + " | " + words + " | ";
    }

    private static boolean haveHead(String type) {
        return Architectures.haveClassifier(config(type)) || speaks(type, true) || speaks(type, false);
    }

    private static boolean speaks(String type, boolean causal) {
        try {
            Architectures.languageModel(config(type), causal);
            return true;
        } catch (ConfigException e) {
            return false; // which is the answer
        }
    }

    private static ObjectNode config(String type) {
        return Configs.JSON.createObjectNode().put("model_type", type);
    }

    /** The next of 1e-7, 1e-6, … that is ten times as much at least, since other processors sum in other orders. */
    private static String bound(double difference) {
        int exponent = -7;
        while (Math.pow(10, exponent) < 10 * difference) {
            exponent++;
        }
        return "1e" + exponent;
    }

    private static Map<String, Double> measured() throws IOException, URISyntaxException {
        var measured = new TreeMap<String, Double>();
        Path root = Path.of(Objects.requireNonNull(ModelsPageTest.class.getResource("/goldens/zoo"))
                .toURI());
        for (Path directory : GoldenCase.below(root)) {
            try (var scope = Scope.open()) {
                GoldenCase golden = GoldenCase.read(directory);
                String type = Configs.read(directory.resolve("model/config.json"))
                        .required("model_type")
                        .asString();
                Ops.named(golden.method(), golden.op())
                        .run(golden)
                        .forEach((name, tensor) -> measured.merge(
                                type,
                                distance(
                                        tensor,
                                        Objects.requireNonNull(golden.outputs().get(name))),
                                Math::max));
            }
        }
        return measured;
    }

    private static double distance(Tensor a, Tensor b) {
        double largest = 0;
        double[] all = Tensors.toDoubles(a.sub(b));
        for (double value : all) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
