package org.counterweight.datasets;

import java.util.List;
import org.counterweight.datasets.convert.Converter;

/**
 * Something that can be had by name.
 *
 * @param name as it is asked for, such as {@code wordnet-nouns}
 * @param about what it is, in one line
 * @param licence as its publisher states it
 * @param megabytes about how much is downloaded
 * @param packages where it comes from; empty if it lies in our own resources
 */
public record Holding(
        String name,
        Kind kind,
        String about,
        String licence,
        int megabytes,
        List<PackageFile> packages,
        Converter converter) {
    /** What it is, and so how it is stored and read. */
    public enum Kind {
        /** A Hugging Face directory: {@code config.json}, tokenizer, {@code model.safetensors}. */
        MODEL,
        /** Texts with a class each: {@code train.jsonl}, perhaps {@code test.jsonl}, with {@code text} and {@code label}. */
        TEXTS,
        /** Texts to model, a document a line: {@code documents.jsonl} with {@code text}. */
        DOCUMENTS,
        /** Images with a class each: idx files, see {@link org.counterweight.data.image.ImageSet}. */
        IMAGES,
        /** Tables with a header: one or more {@code .csv}. */
        TABLES,
        /** Graphs of nodes with features and classes: {@code .safetensors}, see {@link org.counterweight.data.graph.GraphFiles}. */
        GRAPHS
    }

    public Holding {
        packages = List.copyOf(packages);
    }
}
