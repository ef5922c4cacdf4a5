package org.counterweight.merge.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.counterweight.merge.companion.ChatTemplates;
import org.counterweight.merge.companion.Companions;
import org.counterweight.merge.companion.JsonFile;
import org.counterweight.merge.tokens.Vocabularies;
import org.counterweight.weights.ModelDirectory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What lies beside merged weights: config, tokenizer, the recipe, a short README, and whatever else decides what the model's
 * answers mean.
 *
 * @param notes is told what the user should know
 */
record MergedDirectory(MergePlan plan, Consumer<String> notes) {
    private static final String GENERATION = "generation_config.json";

    /** @param headDiffers whether the output has a head that is not its embedding */
    void write(Path directory, boolean headDiffers) {
        ModelDirectory donor = plan.donor().directory();
        Vocabularies vocabularies = plan.vocabularies();
        try {
            if (donor.hasConfig()) {
                JsonFile.write(directory.resolve("config.json"), new MergedConfig(plan, headDiffers, notes).config());
            }
            Companions.copy(donor.path(), directory);
            if (vocabularies != null && Files.exists(directory.resolve(GENERATION))) {
                ObjectNode generation = JsonFile.read(directory.resolve(GENERATION));
                vocabularies.moveIds(generation, GENERATION, notes);
                JsonFile.write(directory.resolve(GENERATION), generation);
            }
            if (plan.options().copyTokenizer()) {
                if (vocabularies == null) {
                    donor.copyCompanions(directory);
                } else {
                    vocabularies.write(directory, notes);
                }
            }
            writeTemplate(directory);
            ChatTemplates.fault(directory)
                    .ifPresent(
                            fault -> notes.accept(
                                    fault + "; it was written as it is, and nobody can chat with the model"
                                            + " by it: put another into chat_template.jinja, or name one as chat_template of the merge"));
            Files.writeString(
                    directory.resolve("mergekit_config.yml"), plan.recipe().text());
            if (plan.options().writeModelCard()) {
                Files.writeString(directory.resolve("README.md"), new ModelCard(plan).text());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** One template stands in one place: others that the donor had elsewhere would contradict it. */
    private void writeTemplate(Path directory) throws IOException {
        String given = plan.recipe().chatTemplate();
        if (given == null) {
            return;
        }
        List<Path> models = plan.models().stream()
                .map(model -> model.directory().path())
                .filter(Files::isDirectory)
                .toList();
        Optional<String> text = ChatTemplates.text(given, models);
        if (text.isEmpty()) {
            notes.accept("chat_template: auto finds none in the models");
            return;
        }
        ChatTemplates.write(directory, text.get());
    }
}
