package org.counterweight.jobs.grow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.run.ExemplarPicks;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.train.measure.HeadFeatures;

/**
 * Which rows of each class are kept.
 *
 * @param seed of random picks
 * @param remarks told what the user should know, a line each
 */
record ExemplarSelection<R>(GrowConfig config, Seed seed, GrowthKind<R> kind, Consumer<String> remarks) {
    /** Of old classes, as the model before sees them. */
    Exemplars<R> ofOld(AdaptedModel model, Labelled<R> old, int quota) {
        HeadFeatures features = GrowthStep.features(model.model(), model.computed(), kind.seen(old));
        List<Integer> occurring =
                IntStream.of(old.labels()).distinct().sorted().boxed().toList();
        return picked(features, old, occurring, quota);
    }

    /**
     * Of new classes, as the model that has learnt them sees them.
     *
     * @param labels of all classes, the new ones last
     */
    Exemplars<R> ofNew(GrowthStep step, Labelled<R> added, List<String> labels, int quota) {
        Labelled<R> numbered = added.behind(labels);
        List<Integer> classes = IntStream.range(
                        labels.size() - added.labelNames().size(), labels.size())
                .boxed()
                .toList();
        return picked(step.features(kind.seen(numbered)), numbered, classes, quota);
    }

    private Exemplars<R> picked(HeadFeatures features, Labelled<R> from, List<Integer> classes, int quota) {
        List<int[]> picks = ExemplarPicks.of(features, classes, quota, config.herding(), seed);
        ExemplarPicks.tellShort(picks, quota, remarks);
        var byClass = new LinkedHashMap<String, List<R>>();
        for (int i = 0; i < picks.size(); i++) {
            byClass.put(
                    from.labelNames().get(classes.get(i)),
                    IntStream.of(picks.get(i)).mapToObj(from.rows()::get).toList());
        }
        return new Exemplars<>(byClass);
    }

    /** Says of how many old classes nothing is kept, or refuses it where the answers would be made of it. */
    void checkMissing(List<String> known, Exemplars<R> kept) {
        if (!config.method().remembers()) {
            return;
        }
        long missing = known.stream()
                .filter(label -> !kept.byClass().containsKey(label))
                .count();
        if (missing > 0 && config.method() == GrowConfig.Way.ICARL) {
            throw new ConfigException("grow.method: icarl answers by the mean of each class's kept rows, and " + missing
                    + " classes have none; bring some with --remember, or take wa");
        }
        if (missing > 0) {
            remarks.accept(
                    "no rows are kept of " + missing + " of " + known.size() + " old classes, so that only distillation"
                            + " preserves them; --remember FILE brings rows to pick from");
        }
    }

    /** iCaRL's classifier is the nearest class mean, which a plain head can say. */
    void answerByMeans(GrowthStep step, Exemplars<R> kept, List<String> labels) {
        var byClass = new LinkedHashMap<Integer, Tensor>();
        kept.byClass().forEach((label, some) -> {
            var rows = new Labelled<>(some, new int[some.size()], List.of(label));
            byClass.put(labels.indexOf(label), step.features(kind.seen(rows)).values());
        });
        step.live().take(GrowthStep.nearestMean(byClass, step.live()));
    }
}
