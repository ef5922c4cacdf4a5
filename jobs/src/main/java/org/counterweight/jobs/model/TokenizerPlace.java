package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.vocabulary.TokenizerFiles;
import org.counterweight.data.text.vocabulary.Vocabulary;
import org.counterweight.model.Model;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Where the tokenizer of a model lies: with the model, or beside its adapter where that brings one of its own, as trainers
 * save it with the tokens they added.
 *
 * @param directory the model's or the adapter's
 */
public record TokenizerPlace(Path directory, boolean ofAdapter) {
    /** What may hold a vocabulary, or a part of one. */
    private static final List<String> VOCABULARIES = List.of(
            "tokenizer.json",
            "vocab.txt",
            "vocab.json",
            "merges.txt",
            "spm.model",
            "spiece.model",
            "sentencepiece.bpe.model",
            "tokenizer.model",
            "added_tokens.json");

    public static TokenizerPlace of(Path model, @Nullable Path adapter) {
        boolean own = adapter != null && VOCABULARIES.stream().anyMatch(name -> isOwn(model, adapter, name));
        return new TokenizerPlace(own && adapter != null ? adapter : model, own);
    }

    /** Whether the adapter brings such a file, and not a copy of the model's. */
    private static boolean isOwn(Path model, Path adapter, String name) {
        Path own = adapter.resolve(name);
        Path old = model.resolve(name);
        try {
            return Files.isRegularFile(own) && !(Files.isRegularFile(old) && Files.mismatch(own, old) < 0);
        } catch (IOException e) {
            throw new UncheckedIOException(own + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Opens it.
     *
     * @param maxLength tokens of a text, longer ones are cut; or {@link TextTokenizer#UNLIMITED}
     * @throws ConfigException if it is the adapter's and has tokens for which the model has no row
     */
    public TextTokenizer open(Model model, int maxLength) {
        if (ofAdapter && !TokenizerFiles.areIn(directory)) {
            throw new ConfigException(
                    directory + ": the adapter's own tokenizer has neither tokenizer.json nor vocab.txt, and the"
                            + " model's is another; save it as transformers' AutoTokenizer does, beside the"
                            + " adapter");
        }
        TextTokenizer tokenizer = TextTokenizer.open(directory, maxLength);
        try {
            checkFit(tokenizer, model);
            return tokenizer;
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Refuses, of an adapter's, tokens for which the model has no row. */
    public void check(Model model) {
        if (ofAdapter) {
            open(model, TextTokenizer.UNLIMITED).close();
        }
    }

    private void checkFit(TextTokenizer tokenizer, Model model) {
        Map<String, long[]> shapes = model.shapes();
        long[] table = model.modules().embeddings().isEmpty()
                ? null
                : shapes.get(model.modules().embeddings().get(0) + ".weight");
        Vocabulary.Token last = tokenizer.last();
        if (ofAdapter && table != null && last.id() >= table[0]) {
            throw new ConfigException(directory + ": the adapter's own tokenizer has \"" + last.text() + "\" as token "
                    + last.id() + ", but the model has rows for " + table[0]
                    + " tokens; give the model that the adapter was trained on, its embeddings resized"
                    + " (resize_token_embeddings) and saved");
        }
    }

    /** Copies the tokenizer's files, and of the model those that are not the tokenizer's, into a directory. */
    public void copy(ModelDirectory model, Path into) {
        if (!ofAdapter) {
            model.copyCompanions(into);
            return;
        }
        ModelDirectory.copy(
                model.companions().stream()
                        .filter(file -> file.endsWith("generation_config.json"))
                        .toList(),
                into);
        ModelDirectory.copy(ModelDirectory.companions(directory), into);
    }
}
