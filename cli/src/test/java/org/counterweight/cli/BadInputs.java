package org.counterweight.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of bad inputs, by what is bad about them. */
final class BadInputs {
    private BadInputs() {}

    static Map<String, List<BadInput>> all() {
        var all = new LinkedHashMap<String, List<BadInput>>();
        all.put("Recipes: the file", BadRecipes.files());
        all.put("Recipes: keys and values", BadRecipes.settings());
        all.put("Recipes: what does not go together", BadRecipes.fit());
        all.put("Recipes: what rows and steps do not give", BadWeighers.all());
        all.put("Recipes: what is chosen by name in a run", BadTraining.all());
        all.put("Recipes: classes in balance", BadBalance.all());
        all.put("Recipes: adapters and the shapes of a model", BadShapes.all());
        all.put("Recipes: weights trained through others", BadReparametrizations.all());
        all.put("Data", BadData.data());
        all.put("Images and their models", BadImages.images());
        all.put("Rows of tables and what is told of them", BadTables.tables());
        all.put("Graphs and the weights of their edges", BadGraphs.all());
        all.put("Models and weights", BadWeights.weights());
        all.put("Adapters and predictions", BadAdapters.adapters());
        all.put("Adapters: prefixes, and types that are not read", BadPrefixes.all());
        all.put("Language models and the machine", BadLanguageTasks.language());
        all.put("Pairs of texts, words with tags, and heads of other kinds", BadTasks.all());
        all.put("Merges", BadMerges.merges());
        all.put("Updates", BadUpdates.updates());
        all.put("Classes that are added", BadGrowth.growth());
        all.put("Images that are distilled", BadDistillations.all());
        all.put("Clients that train together", BadFederations.all());
        all.put("Models that answer together", BadDawin.mixtures());
        all.put("Models that are judged", BadEvaluations.evaluations());
        all.put("Texts that a language model writes", BadGeneration.all());
        all.put("Guidance schedules", BadGuidance.schedules());
        all.put("Networks that tell noise", BadGuidance.recipes());
        all.put("Tables that are weighed", BadWeighing.tables());
        all.put("Edits", BadEdits.edits());
        all.put("Served models", BadServing.servers());
        all.put("Audits", BadAudits.audits());
        all.put("Output, resumption and the work", BadOutputs.output());
        return all;
    }
}
