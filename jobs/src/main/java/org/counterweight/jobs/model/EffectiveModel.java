package org.counterweight.jobs.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.formats.peft.SavedWhole;
import org.counterweight.jobs.model.adapter.AdapterDirectory;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.counterweight.model.Model;
import org.counterweight.model.config.Classes;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.counterweight.model.zoo.StoredHead;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a model is asked as, with an adapter on it or without: the {@code config.json} beside the adapter or, where there is
 * none, the model's own with the head that the adapter brings. A classifier's has a name for each of its classes.
 *
 * @param adapter its directory; null without one
 * @param saved what a PEFT adapter stores; null without one
 * @param remarks what is to be known about it
 */
record EffectiveModel(
        ObjectNode config,
        Model model,
        @Nullable Path adapter,
        @Nullable SavedWhole saved,
        List<String> remarks) {
    private static final String CONFIG = "config.json";
    private static final String VOCABULARY = "vocab_size";

    /**
     * Reads configs and headers alone.
     *
     * @throws ConfigException if a config cannot be read, or says another number of classes than the head has
     * @throws WeightsException if an adapter was trained to predict classes, and there is no head
     */
    static EffectiveModel of(ModelDirectory files, @Nullable Path adapter) {
        SavedWhole saved = adapter == null ? null : saved(adapter);
        ObjectNode beside = adapter == null ? null : beside(adapter);
        Path origin = (adapter == null || beside == null ? files.path() : adapter).resolve(CONFIG);
        ObjectNode own = files.config();
        if (beside != null && !Heads.areAkin(beside, own)) {
            throw new ConfigException(origin + ": model_type is " + beside.path("model_type") + ", that of "
                    + files.path() + " is " + own.path("model_type"));
        }
        if (beside != null) {
            beside.remove(
                    "quantization_config"); // of the base that it was trained on; the weights are those of this one
        }
        try {
            ObjectNode stated = beside != null ? beside : saved == null ? own : withHead(files, own, saved);
            ObjectNode told = Classes.haveOutputs(stated) ? named(files, stated, adapter, saved) : stated;
            ObjectNode sized = saved == null ? told : resized(told, saved);
            ObjectNode config = StoredHead.config(sized, files);
            List<String> remarks = config.equals(sized) ? List.of() : List.of(StoredHead.remark(files.path()));
            return new EffectiveModel(config, Architectures.of(config), adapter, saved, remarks);
        } catch (ConfigException e) {
            throw new ConfigException(origin + ": " + e.getMessage(), e);
        }
    }

    /** Whether an adapter may have, or has, the weight of that name, which the model's files have not, or of another shape. */
    boolean mayBeBrought(String name, boolean isMissing) {
        return adapter != null
                && (BaseModel.isWithin(model.modules().heads(), name)
                        || (saved == null && BaseModel.isWithin(model.poolers(), name))
                        || (saved != null && table(saved, name) != null && name.equals(words(model)))
                        || (isMissing && saved != null && saved.tensors().containsKey(name)));
    }

    /** What to add where a weight fits neither: an adapter of a resized model that brings one table of two. */
    String resizing() {
        TensorInfo table = saved == null ? null : table(saved, words(model));
        return table == null
                ? ""
                : "; the adapter brings a table of " + table.shape()[0]
                        + " words, so it was trained on a model with as many:"
                        + " give that model, saved after resize_token_embeddings";
    }

    /** Why a weight that neither files nor adapter have is needed. */
    WeightsException lacks(Path files, String name) {
        return new WeightsException(
                files,
                "has no " + name
                        + (saved != null && BaseModel.isWithin(model.poolers(), name)
                                ? ", which this classifier reads: PEFT drew one at random when it trained " + adapter
                                        + ", and did not save it, so nobody can give the answers it gave then; train"
                                        + " again on files that have it, or with it in modules_to_save"
                                : ", which its config.json asks for; take config.json and weights of one model"));
    }

    /** The same of a model whose config is read for the names of its classes alone; none if it predicts no classes. */
    static List<String> labels(ModelDirectory files) {
        return Classes.haveOutputs(files.config())
                ? ModelDescription.labels(of(files, null).config())
                : ModelDescription.labels(files.config());
    }

    /** The model's config that an adapter brings; null if it has none. */
    private static @Nullable ObjectNode beside(Path adapter) {
        AdapterDirectory directory = AdapterDirectory.at(adapter);
        return directory == null
                ? null
                : directory.format().modelConfig(adapter).orElse(null);
    }

    /** What a PEFT adapter stores; null of another kind, and of none, which is refused when it is put on. */
    private static @Nullable SavedWhole saved(Path adapter) {
        AdapterDirectory directory = AdapterDirectory.at(adapter);
        return directory != null && directory.form() == AdapterFormat.PEFT && SavedWhole.isAt(adapter)
                ? SavedWhole.of(adapter)
                : null;
    }

    /** The model's own config, or that of the same model with the head that the adapter saved. */
    private static ObjectNode withHead(ModelDirectory files, ObjectNode own, SavedWhole saved) {
        boolean isOfImages = Heads.haveImageClassifier(own);
        if (!isOfImages && !saved.isForTokens() && !Heads.haveClassifier(own)) {
            return own; // unknown, or a model that predicts no classes: which is said when it is read
        }
        Function<List<String>, ObjectNode> headed = labels -> isOfImages
                ? Heads.imageClassifier(own, labels)
                : saved.isForTokens()
                        ? Heads.tokenClassifier(own, labels)
                        : Heads.classifier(own, labels, Pooling.POOLER);
        String head = Architectures.scores(Architectures.of(headed.apply(Classes.unnamed(1))));
        OptionalInt classes = saved.classes(head);
        if (classes.isEmpty()) {
            if (saved.isForClasses() && !Classes.haveOutputs(own)) {
                throw new WeightsException("neither " + files.path() + " nor " + saved.directory() + " has a " + head
                        + ".weight, though the adapter's task_type is " + saved.task()
                        + "; save the adapter with its head"
                        + " (modules_to_save), or name the classifier that it was trained on");
            }
            return own;
        }
        Optional<List<String>> stated = Classes.haveOutputs(own) ? Classes.stated(own) : Optional.empty();
        return headed.apply(stated.filter(names -> names.size() == classes.getAsInt())
                .orElseGet(() -> Classes.unnamed(classes.getAsInt())));
    }

    /** For as many words as the adapter brings a table for: it may have been trained after tokens were added. */
    private static ObjectNode resized(ObjectNode config, SavedWhole saved) {
        TensorInfo table = table(saved, words(Architectures.of(config)));
        if (table == null
                || table.shape().length != 2
                || table.shape()[0] == config.path(VOCABULARY).asLong(-1)) {
            return config;
        }
        return config.deepCopy().put(VOCABULARY, table.shape()[0]);
    }

    /** The name of the table of a model's words; empty where it reads none. */
    private static String words(Model model) {
        List<String> tables = model.modules().embeddings();
        return tables.isEmpty() ? "" : tables.get(0) + ".weight";
    }

    /** What an adapter stores of a table, whatever it trained of it; null if nothing whole. */
    private static @Nullable TensorInfo table(SavedWhole saved, String weight) {
        String module = weight.replaceFirst("\\.weight$", "");
        return Stream.of("", ".base_layer", ".token_adapter.base_layer")
                .map(wrapper -> saved.tensors().get(module + wrapper + ".weight"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** With the names of the classes, of which there are as many as the head has rows. */
    private static ObjectNode named(
            ModelDirectory files, ObjectNode config, @Nullable Path adapter, @Nullable SavedWhole saved) {
        Optional<List<String>> stated = Classes.stated(config);
        Model model = Architectures.of(config);
        String head = Architectures.scores(model);
        String weight = head + ".weight";
        OptionalInt rows = saved == null ? OptionalInt.empty() : saved.classes(head);
        Path home = saved == null || rows.isEmpty() ? files.path() : saved.directory();
        boolean mayBeReplaced = adapter != null && rows.isEmpty(); // by an adapter that is not PEFT's
        TensorInfo stored = Architectures.fit(model, files.tensors()).byName().get(weight);
        if (rows.isEmpty() && stored != null && stored.shape().length == 2) {
            rows = OptionalInt.of(Math.toIntExact(stored.shape()[0]));
        }
        int count = rows.orElse(2);
        List<String> labels = stated.orElseGet(() -> Classes.unnamed(count));
        if (rows.isPresent() && count != labels.size() && !mayBeReplaced) {
            throw new ConfigException("names " + labels.size() + " classes, but " + weight + " in " + home
                    + " has rows for " + count
                    + "; give id2label a name for each row, or take config.json and weights of one model");
        }
        return Classes.named(config, labels);
    }
}
