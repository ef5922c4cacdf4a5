package org.counterweight.formats.peft;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.testing.GoldenCase;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.Named;

/** Adapters that PEFT 0.21 wrote beside transformers 5.18 on the golden models, one directory a family, with PEFT's answers. */
public final class PeftFamilies {
    private PeftFamilies() {}

    /** What is said with an adapter on its model, and computed into it; zero at padding, where nobody asks. */
    public record Answers(
            Model model, String type, PeftAdapter adapter, Params adapted, Tensor ours, Tensor merged, Tensor theirs) {}

    /** The directory of every adapter at linear modules and embeddings, one of each kind that is trained here. */
    public static List<Named<Path>> all() throws IOException, URISyntaxException {
        return below("/peft-families");
    }

    /** Those, and the ones at convolutions. */
    public static List<Named<Path>> everywhere() throws IOException, URISyntaxException {
        return Stream.concat(all().stream(), below("/peft-convolutions").stream())
                .toList();
    }

    /** Of every adapter below a resource, whose directories are called as golden cases are. */
    static List<Named<Path>> below(String resource) throws IOException, URISyntaxException {
        Path root = resource(resource);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.endsWith(PeftConfig.FILE))
                    .map(Path::getParent)
                    .sorted()
                    .map(found -> Named.of(root.relativize(found).toString(), found))
                    .toList();
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(PeftFamilies.class.getResource(name)).toURI());
    }

    /** The golden case of the model that an adapter stands on. */
    public static Path golden(Path adapter) throws URISyntaxException {
        return resource(
                "/goldens/zoo/" + Objects.requireNonNull(adapter.getParent()).getFileName());
    }

    /** In the open scope. */
    public static Answers answers(Path adapter) throws URISyntaxException {
        Path golden = golden(adapter);
        try (var off = Tensors.noGrad();
                ModelDirectory source = ModelDirectory.open(golden.resolve("model"));
                SafetensorsFile expected = SafetensorsFile.open(adapter.resolve("expected.safetensors"))) {
            Model model = Architectures.of(source.config());
            String type = source.config().path("model_type").asString();
            var weights =
                    new LinkedHashMap<>(Architectures.fit(model, source.all()).byName());
            weights.replaceAll((name, tensor) -> tensor.to(ScalarType.Float).clone());
            PeftAdapter read = PeftAdapter.read(adapter, model, type, weights);
            Params adapted = read.attach(Params.of(weights));
            Batch batch = batch(golden);
            Tensor out = expected.tensor("out").clone();
            return new Answers(
                    model,
                    type,
                    read,
                    adapted,
                    said(model, adapted, batch, out),
                    said(model, Params.of(adapted.materialized()), batch, out),
                    real(out, batch));
        }
    }

    private static Batch batch(Path golden) {
        var inputs = new LinkedHashMap<>(GoldenCase.read(golden).inputs());
        inputs.remove("prompt");
        return new Batch(inputs);
    }

    /** Of a bare text model the hidden states; of all others what the head says. */
    private static Tensor said(Model model, Params params, Batch batch, Tensor expected) {
        Output output = model.forward(params, batch, Pass.evaluation());
        return real(output.logits().dim() == expected.dim() ? output.logits() : output.hidden(), batch);
    }

    private static Tensor real(Tensor x, Batch batch) {
        Tensor mask = batch.find(Batch.ATTENTION_MASK);
        return mask != null && x.dim() == 3 && x.size(1) == mask.size(1) ? x.mul(mask.unsqueeze(2)) : x;
    }
}
