package org.counterweight.reparametrize.start;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.reparametrize.Selection;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;

/** Before the first step of a run, the model is started from the run's first rows. A run that is resumed has its start already. */
public final class DataInitialization implements TrainingEvents, PartReport {
    private final DataInitConfig settings;
    private final Model model;
    private final BatchSource data;
    private final Seed seed;
    private final Selection selection;
    private final Map<String, Long> capped = new LinkedHashMap<>();

    public DataInitialization(DataInitConfig settings, Run run, Selection selection) {
        this.settings = settings;
        this.model = run.task().model();
        this.data = run.task().data();
        this.seed = new Seed(run.config().seed()).child("data_init");
        this.selection = selection;
    }

    @Override
    public void beforeStep(Moment moment, List<Batch> batches) {
        if (moment.step() > 0) {
            return;
        }
        Batch first = first().to(moment.params().device());
        capped.putAll(new InitialPass(model, moment.params(), selection, settings).start(first, seed));
    }

    /** So many of the run's first rows as one batch, or all of an epoch. */
    private Batch first() {
        IntFunction<Batch> epoch = data.epoch(0);
        var parts = new ArrayList<Batch>();
        long rows = 0;
        for (int place = 0; place < data.batches() && rows < settings.rows(); place++) {
            Batch part = epoch.apply(place);
            parts.add(part);
            rows += part.rows();
        }
        Batch all = joined(parts);
        return all.rows() > settings.rows() ? all.slice(0, settings.rows()) : all;
    }

    /** Batches of texts are as long as their longest text: padded to one length, which their attention masks tell. */
    private static Batch joined(List<Batch> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        var tensors = new LinkedHashMap<String, Tensor>();
        parts.get(0).tensors().forEach((name, tensor) -> {
            long longest = tensor.dim() < 2
                    ? 0
                    : parts.stream()
                            .mapToLong(part -> part.get(name).size(1))
                            .max()
                            .orElse(0);
            var all = new TensorVector(
                    parts.stream().map(part -> padded(part.get(name), longest)).toArray(Tensor[]::new));
            tensors.put(name, torch.cat(all, 0));
        });
        return new Batch(tensors, parts.get(0).context());
    }

    private static Tensor padded(Tensor tensor, long length) {
        if (tensor.dim() < 2 || tensor.size(1) == length) {
            return tensor;
        }
        long[] pad = new long[2 * Math.toIntExact(tensor.dim() - 1)];
        pad[pad.length - 1] = length - tensor.size(1); // behind, along the second dimension
        return torch.constant_pad_nd(tensor, pad);
    }

    @Override
    public List<String> warnings() {
        return capped.isEmpty()
                ? List.of()
                : List.of("data_init: "
                        + capped.values().stream()
                                .mapToLong(Objects::requireNonNull)
                                .sum() + " outputs did not vary over the first rows and were held to a finite length: "
                        + capped);
    }
}
