package org.counterweight.jobs.generate;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.fewgen.generate.Fate;
import org.counterweight.jobs.InEffect;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of a run.
 *
 * @param signal the number of the signal that asked it to end; 0 if none did
 * @param result null where it was stopped
 */
public record GenerateOutcome(
        Path directory, int signal, @Nullable Result result) {
    /**
     * The figures.
     *
     * @param labels in their one order
     * @param fates of each label, how many candidates met each fate
     * @param different how many different texts were kept, whatever their label
     * @param underSeveral how many of these stand under more than one label
     * @param learnt how many kept texts of each label were learnt from
     * @param judgedBy the file; null where there is none to judge by
     * @param rows to judge by
     * @param fewShot accuracy of the classifier of the few examples, [0, 1]
     * @param repeated the same after as many steps more from these
     * @param withTexts the same after these steps from written texts
     */
    public record Result(
            List<String> labels,
            List<Map<Fate, Integer>> fates,
            long different,
            long underSeveral,
            List<Integer> learnt,
            @Nullable String judgedBy,
            int rows,
            double fewShot,
            double repeated,
            double withTexts) {
        public Result {
            labels = List.copyOf(labels);
            fates = List.copyOf(fates);
            learnt = List.copyOf(learnt);
        }

        /** How many candidates of all labels met each fate. */
        public Map<Fate, Integer> all() {
            var all = new EnumMap<Fate, Integer>(Fate.class);
            fates.forEach(counts -> counts.forEach((fate, count) -> all.merge(fate, count, Integer::sum)));
            return new LinkedHashMap<>(all);
        }

        /** How many texts were kept. */
        public int kept() {
            return all().getOrDefault(Fate.ACCEPTED, 0);
        }

        /** As {@code figures.json}. */
        ObjectNode json() {
            ObjectNode json = Configs.JSON.createObjectNode();
            json.put("method", "fewgen");
            json.put("judged_by", judgedBy).put("rows", rows);
            if (judgedBy != null) {
                json.put("few_shot", fewShot)
                        .put("seed_rows_repeated", repeated)
                        .put("with_written_texts", withTexts);
            }
            json.put("different_texts", different).put("under_several_labels", underSeveral);
            ObjectNode byLabel = json.putObject("labels");
            for (int label = 0; label < labels.size(); label++) {
                ObjectNode own = byLabel.putObject(labels.get(label));
                fates.get(label).forEach((fate, count) -> own.put(fate.key(), count));
                own.put("learnt_from", learnt.get(label));
            }
            return json;
        }

        /** What was found out, a line each. */
        List<String> facts() {
            return List.of(
                    InEffect.outputs(labels),
                    "texts: " + kept() + " kept, " + different + " different, " + underSeveral
                            + " under several labels",
                    judgedBy == null ? "rows: none to judge by" : "rows: " + rows + " of " + judgedBy + " to judge by");
        }

        /** A line for each classifier. */
        public List<String> lines() {
            if (judgedBy == null) {
                return List.of("There are no rows to judge by: give data.test or data.dev");
            }
            return List.of(
                    line("the few examples", fewShot),
                    line("and these repeated", repeated),
                    line("and written texts", withTexts));
        }

        private static String line(String name, double share) {
            return String.format(Locale.ROOT, "  %-20s %5.1f %%", name, 100 * share);
        }
    }
}
