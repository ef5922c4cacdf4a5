package org.counterweight.jobs.edit;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.edit.EditRequest;
import org.counterweight.edit.GraceTap;
import org.counterweight.edit.baseline.BaselineConfig;
import org.counterweight.edit.baseline.Tuning;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.edit.input.EditedModel;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/** What GRACE is compared with, on the same stream. */
final class BaselineCorrecting implements Correcting {
    static final String FILE = "baseline.safetensors";

    private final BaselineConfig config;
    private final EditedModel model;
    private final Tuning tuning;

    BaselineCorrecting(EditedModel model, BaselineConfig config) {
        this.config = config;
        this.model = model;
        this.tuning = new Tuning(config, model.model(), model.params(), model.task(), new Seed(config.seed()));
    }

    /**
     * Goes on from what {@link #save} kept.
     *
     * @param corrected the requests that were corrected by then
     */
    void restore(Path directory, List<EditRequest> corrected) {
        try (var scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(directory.resolve(FILE))) {
            var tensors = new LinkedHashMap<String, Tensor>();
            file.tensors().keySet().forEach(name -> tensors.put(name, file.tensor(name)));
            tuning.restore(corrected, tensors);
        }
    }

    @Override
    public Corrected correct(EditRequest request, boolean force) {
        if (!force && isRight(request)) {
            return new Corrected(Corrected.NONE, -1, new double[0], true);
        }
        double[] losses = tuning.correct(request);
        return new Corrected(method(), -1, losses, isRight(request));
    }

    private boolean isRight(EditRequest request) {
        return model.task().isRight(model.model(), tuning.params(), request.row(), Pass.evaluation());
    }

    @Override
    public Params params(GraceTap.Served served) {
        return tuning.params();
    }

    @Override
    public int entries() {
        return 0;
    }

    @Override
    public void save(Path directory) {
        try (var scope = Scope.open()) {
            WeightsWriter.write(directory.resolve(FILE), tuning.tensors(), Map.of());
        }
    }

    @Override
    public String method() {
        return config.method().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public ObjectNode settings() {
        return Configs.tree(config);
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("layer", config.layer());
    }

    @Override
    public void close() {
        tuning.close();
    }
}
